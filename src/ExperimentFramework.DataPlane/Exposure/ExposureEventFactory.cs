namespace ExperimentFramework.DataPlane;

/// <summary>
/// Makes exposure events of what callers noted. There is one for each sampling that was in force, so that an event that waits in the queue
/// while the options are reloaded says the rate that it was recorded at.
/// </summary>
internal sealed class ExposureEventFactory(
    string experimentName, SubjectSampling sampling, ExposureDeduplicator repeats, AssignmentRecorder changes, DropLedger drops, VariantCounters queueFull) : IEventFactory
{
    /// <summary>The time of an exposure whose being a repeat is not asked for: it is none, or that cannot be known.</summary>
    public const long DoNotCheckRepeat = long.MinValue;

    /// <summary>Which exposures are recorded.</summary>
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
        if (record.RepeatTimestamp != DoNotCheckRepeat)
        {
            var subject = new Subject(record.SubjectId, record.SubjectType, record.TenantId);
            var claim = repeats.Claim(subject, assigned.Variant.Id, served.Id, record.RepeatTimestamp, refreshOnRepeat: true);
            isRepeat = claim.IsRepeat;
            precedingEvent = isRepeat ? null : changes.Exposed(claim, subject, assigned, timestamp);
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
        (reason == DropReasons.QueueFull ? queueFull.CounterFor(variant) : drops.CounterFor(experimentName, variant.Key, reason)).Increment();
        if (reason != DropReasons.Shutdown || record.State is not AssignmentChange change)
        {
            return 1;
        }

        // No later exposure publishes it.
        drops.Count(change.Event, reason);
        return 2;
    }

    /// <summary>Who answered, and a changed assignment that is told with the exposure, so that one is not lost or told again without the other.</summary>
    internal sealed record AssignmentChange(Variant Served, AssignmentEvent Event);
}
