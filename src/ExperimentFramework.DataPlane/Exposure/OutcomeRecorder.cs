namespace ExperimentFramework.DataPlane;

/// <summary>Records what came of served calls, of the subjects whose exposures are recorded.</summary>
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
        options.OnChange(taken => _isEnabled = isEnabled && taken.EnableOutcomeEvents);
    }

    public bool IsEnabled => _isEnabled;

    /// <summary>How long a call waits for room at most.</summary>
    public TimeSpan BlockTimeout => _publisher.BlockTimeout;

    public EnqueueResult Record(
        string member,
        Variant assigned,
        Variant served,
        in Subject subject,
        DateTimeOffset endedAt,
        TimeSpan duration,
        Exception? exception,
        Guid? exposureId,
        in EnqueueWait patience)
    {
        if (!IsEnabled || !_sampling.Value.IsRecorded(subject.Id))
        {
            return default;
        }

        var outcome = new OutcomeEvent
        {
            ExperimentName = _experimentName,
            VariantKey = served.Key,
            AssignedVariantKey = served == assigned ? null : assigned.Key,
            SubjectId = subject.Id,
            SubjectType = subject.Type,
            TenantId = subject.TenantId,
            Timestamp = endedAt,
            OutcomeName = member,
            IsSuccess = exception is null,
            Duration = duration,
            ErrorType = exception?.GetType().FullName,
            ExposureEventId = exposureId,
        };
        return _publisher.Write(outcome, patience.Mode, patience.CancellationToken);
    }
}
