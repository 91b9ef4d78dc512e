namespace ExperimentFramework.DataPlane;

/// <summary>Records the outcomes of served calls for the subjects whose exposures are recorded.</summary>
internal sealed class OutcomeRecorder
{
    private readonly string _experimentName;
    private readonly SamplingMonitor _sampling;
    private readonly EventPublisher _publisher;
    private volatile bool _isEnabled;

    public OutcomeRecorder(string experimentName, bool isEnabled, ReloadableOptions options, SamplingMonitor sampling, EventPublisher publisher)
    {
        _experimentName = experimentName;
        _sampling = sampling;
        _publisher = publisher;
        options.OnChange(current => _isEnabled = isEnabled && current.EnableOutcomeEvents);
    }

    public bool IsEnabled => _isEnabled;

    /// <summary>The longest time a call waits for capacity.</summary>
    public TimeSpan BlockTimeout => _publisher.BlockTimeout;

    /// <summary>Records the outcome of a call, if its exposure is included in the sample.</summary>
    /// <param name="call">The call.</param>
    /// <param name="exposureId">The id of its exposure; null if there is none.</param>
    /// <param name="wait">How the call waits for capacity, if callers wait.</param>
    public EnqueueResult Record(in EndedCall call, Guid? exposureId, in EnqueueWait wait)
    {
        var subject = call.Subject;
        if (!IsEnabled || !_sampling.Value.IsRecorded(subject.Id))
        {
            return default;
        }

        var outcome = new OutcomeEvent
        {
            ExperimentName = _experimentName,
            VariantKey = call.Served.Key,
            AssignedVariantKey = call.Served == call.Assigned.Variant ? null : call.Assigned.Variant.Key,
            SubjectId = subject.Id,
            SubjectType = subject.Type,
            TenantId = subject.TenantId,
            Timestamp = call.EndedAt,
            AllocationVersion = call.Assigned.AllocationVersion,
            OutcomeName = call.Member,
            Result = call.Result,
            Duration = call.Duration,
            FailedAttemptDuration = call.FailedAttemptDuration,
            ErrorType = call.Result == OutcomeResult.Failure ? call.Exception?.GetType().FullName : null,
            ExposureEventId = exposureId,
        };
        return _publisher.Write(outcome, wait);
    }
}
