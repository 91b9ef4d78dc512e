namespace ExperimentFramework.DataPlane;

/// <summary>Records what came of served calls, of the subjects whose exposures are recorded.</summary>
internal sealed class OutcomeRecorder(string experimentName, bool isEnabled, CurrentSampling sampling, EventPublisher publisher)
{
    private readonly CategorySwitch _outcomes = publisher.SwitchOf(DataPlaneEventType.Outcome);

    public bool IsEnabled => isEnabled && _outcomes.IsOn;

    public Written Record(
        string member,
        Variant served,
        in Subject subject,
        DateTimeOffset endedAt,
        TimeSpan duration,
        Exception? exception,
        Guid? exposureId,
        in RoomPatience patience)
    {
        if (!IsEnabled || !sampling.Value.IsRecorded(subject.Id))
        {
            return default;
        }

        var outcome = new OutcomeEvent
        {
            ExperimentName = experimentName,
            VariantKey = served.Key,
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
        return publisher.Write(outcome, patience.Wait, patience.CancellationToken);
    }
}
