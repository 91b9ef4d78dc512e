namespace ExperimentFramework.DataPlane;

/// <summary>
/// An exposure that is going to be told: to the pipeline or, where exposures are logged by hand, to the memory of what was
/// served.
/// </summary>
internal sealed class ExposureTelling
{
    private readonly ExposureRecorder _recorder;
    private readonly ServedSubjects _servedSubjects;
    private readonly Decision _assigned;
    private readonly Variant _served;
    private readonly Subject _subject;
    private readonly RepeatClaim _claim;
    private readonly DateTimeOffset _decidedAt;
    private Dictionary<string, object?>? _attributes;

    private ExposureTelling(
        ExposureRecorder recorder,
        ServedSubjects servedSubjects,
        Decision assigned,
        Variant served,
        in Subject subject,
        in RepeatClaim claim,
        DateTimeOffset decidedAt)
    {
        _recorder = recorder;
        _servedSubjects = servedSubjects;
        _assigned = assigned;
        _served = served;
        _subject = subject;
        _claim = claim;
        _decidedAt = decidedAt;
    }

    /// <summary>Starts a telling; null where the exposure is not one to tell.</summary>
    public static ExposureTelling? Begin(
        Experiment experiment, ServedSubjects servedSubjects, Decision assigned, Variant served, in Subject subject, DateTimeOffset? decidedAt = null)
    {
        var recorder = experiment.Exposures;
        if (!recorder.IsEnabled)
        {
            return null;
        }

        RepeatClaim claim = default;
        return recorder.Semantics == ExposureSemantics.Explicit || recorder.TryAdmit(assigned, served, subject, out claim)
            ? new ExposureTelling(recorder, servedSubjects, assigned, served, subject, claim, decidedAt ?? experiment.Time.GetUtcNow())
            : null;
    }

    public void Add<T>(string name, T value) => _attributes = ExposureAttributes.Add(_attributes, name, value);

    /// <summary>Tells it.</summary>
    /// <returns>The event's id; null where nothing was published.</returns>
    public Guid? Tell(Dictionary<string, object?>? attributes = null)
    {
        attributes ??= _attributes;
        if (_recorder.Semantics != ExposureSemantics.Explicit)
        {
            return _recorder.Publish(_assigned, _served, _subject, _claim, _decidedAt, attributes);
        }

        _servedSubjects.Remember(new ServedSubjects.Served(_subject, _assigned, _served, attributes));
        return null;
    }
}
