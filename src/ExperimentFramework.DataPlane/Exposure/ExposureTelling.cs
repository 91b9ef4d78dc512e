namespace ExperimentFramework.DataPlane;

/// <summary>
/// An exposure that is going to be told: to the pipeline or, where exposures are logged by hand, to the memory of what was
/// served.
/// </summary>
internal sealed class ExposureTelling
{
    private readonly ExposureRecorder _recorder;
    private readonly ServedSubjects _served;
    private readonly Decision _assigned;
    private readonly int _index;
    private readonly Subject _subject;
    private readonly RepeatClaim _claim;
    private readonly DateTimeOffset _decidedAt;
    private Dictionary<string, object?>? _attributes;

    private ExposureTelling(
        ExposureRecorder recorder, ServedSubjects served, Decision assigned, int index, in Subject subject, in RepeatClaim claim, DateTimeOffset decidedAt)
    {
        _recorder = recorder;
        _served = served;
        _assigned = assigned;
        _index = index;
        _subject = subject;
        _claim = claim;
        _decidedAt = decidedAt;
    }

    /// <summary>Starts a telling; null where the exposure is not one to tell.</summary>
    public static ExposureTelling? Begin(
        ExposureRecorder recorder, ServedSubjects served, Decision assigned, int index, in Subject subject, DateTimeOffset? decidedAt = null)
    {
        if (!recorder.IsEnabled)
        {
            return null;
        }

        RepeatClaim claim = default;
        return recorder.Semantics == ExposureSemantics.Explicit || recorder.TryAdmit(assigned, index, subject, out claim)
            ? new ExposureTelling(recorder, served, assigned, index, subject, claim, decidedAt ?? recorder.Now)
            : null;
    }

    public void Add<T>(string name, T value) => _attributes = ExposureAttributes.Add(_attributes, name, value);

    public void Tell(Dictionary<string, object?>? attributes = null)
    {
        attributes ??= _attributes;
        if (_recorder.Semantics == ExposureSemantics.Explicit)
        {
            _served.Remember(new ServedSubjects.Served(_subject, _assigned, _index, attributes));
        }
        else
        {
            _recorder.Publish(_assigned, _index, _subject, _claim, _decidedAt, attributes);
        }
    }
}
