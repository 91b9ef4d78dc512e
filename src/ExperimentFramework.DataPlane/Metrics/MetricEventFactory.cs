namespace ExperimentFramework.DataPlane;

/// <summary>Creates metric events from queued records.</summary>
internal sealed class MetricEventFactory(DropLedger drops) : IEventFactory
{
    /// <summary>Fills in what describes the metric, so that nothing is allocated for a value.</summary>
    /// <param name="record">The record.</param>
    /// <param name="metric">The metric's name.</param>
    /// <param name="value">The metric's value.</param>
    /// <param name="details">The details; null for none.</param>
    public void Describe(ref EventRecord record, string metric, double value, MetricDetails? details)
    {
        record.Factory = this;
        record.Payload = metric;
        record.StateNumber = BitConverter.DoubleToInt64Bits(value);
        if (details is not null)
        {
            record.State = details;
        }
    }

    public DataPlaneEvent Create(in EventRecord record, out DataPlaneEvent? precedingEvent)
    {
        precedingEvent = null;
        var details = record.State as MetricDetails;
        return new MetricEvent
        {
            ExperimentName = ExperimentNames.All,
            MetricName = (string)record.Payload!,
            Value = BitConverter.Int64BitsToDouble(record.StateNumber),
            Unit = string.IsNullOrEmpty(details?.Unit) ? null : details.Unit,
            SubjectId = record.SubjectId,
            SubjectType = record.SubjectType,
            TenantId = record.TenantId,
            Timestamp = new DateTimeOffset(record.Timestamp, TimeSpan.Zero),
            IdempotencyKey = string.IsNullOrEmpty(details?.IdempotencyKey) ? null : WellFormedText.Of(details.IdempotencyKey),
            Attributes = (IReadOnlyDictionary<string, object?>?)record.Attributes,
        };
    }

    public int Drop(in EventRecord record, string reason)
    {
        drops.CounterFor(new EventKey(ExperimentNames.All, "", DataPlaneEventType.Metric), reason).Increment();
        return 1;
    }
}
