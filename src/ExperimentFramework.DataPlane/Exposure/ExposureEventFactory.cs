namespace ExperimentFramework.DataPlane;

/// <summary>
/// Creates exposure events from queued records. There is one factory for each sampling rate that has been in force, so that an event that is
/// queued while the options are reloaded carries the rate at which it was recorded.
/// </summary>
internal sealed class ExposureEventFactory(
    string experimentName, SubjectSampling sampling, ExposureDeduplicator deduplicator, AssignmentRecorder assignments, DropLedger drops, VariantCounters queueFull) : IEventFactory
{
    /// <summary>A sentinel timestamp: do not check this exposure for being a repeat.</summary>
    public const long DoNotCheckRepeat = long.MinValue;

    /// <summary>The sampling that decides which exposures are recorded.</summary>
    public SubjectSampling Sampling { get; } = sampling;

    public DataPlaneEvent Create(in EventRecord record, out DataPlaneEvent? precedingEvent)
    {
        var change = record.State as AssignmentChange;
        precedingEvent = change?.Event;
        var isRepeat = false;
        var assigned = (Decision)record.Payload!;
        var served = change?.Served ?? record.State as Variant ?? assigned.Variant;
        var isFallback = served != assigned.Variant;
        var timestamp = new DateTimeOffset(record.Timestamp, TimeSpan.Zero);
        if (record.StateNumber != DoNotCheckRepeat)
        {
            var subject = new Subject(record.SubjectId, record.SubjectType, record.TenantId);
            var claim = deduplicator.Claim(subject, assigned.Variant.Id, served.Id, record.StateNumber, refreshOnRepeat: true);
            isRepeat = claim.IsRepeat;
            precedingEvent = isRepeat ? null : assignments.Exposed(claim, subject, assigned, timestamp);
        }

        return new ExposureEvent
        {
            ExperimentName = experimentName,
            VariantKey = served.Key,
            AssignedVariantKey = isFallback ? assigned.Variant.Key : null,
            SubjectId = record.SubjectId,
            SubjectType = record.SubjectType,
            TenantId = record.TenantId,
            Timestamp = timestamp,
            SelectionReason = isFallback ? SelectionReasons.Fallback : assigned.Reason,
            RulePath = assigned.RulePath,
            AssignmentPolicy = assigned.Policy,
            AllocationVersion = assigned.AllocationVersion,
            IsRepeatExposure = isRepeat,
            SamplingRate = Sampling.Rate,
            VariantBuild = served.Build,
            Attributes = AttributeSlots.ToDictionary((AttributeSlot[]?)record.Attributes),
        };
    }

    public int Drop(in EventRecord record, string reason)
    {
        var variant = ((Decision)record.Payload!).Variant;

        // This is a hot path when the queue is full.
        (reason == DropReasons.QueueFull ? queueFull.CounterFor(variant) : drops.CounterFor(new EventKey(experimentName, variant.Key, DataPlaneEventType.Exposure), reason)).Increment();
        if (reason != DropReasons.Shutdown || record.State is not AssignmentChange change)
        {
            return 1;
        }

        // After shutdown no later exposure publishes the change, so it is a drop too.
        drops.Count(change.Event, reason);
        return 2;
    }

    /// <summary>The served variant and the assignment change published with the exposure, so that neither is lost or repeated without the other.</summary>
    internal sealed record AssignmentChange(Variant Served, AssignmentEvent Event);
}
