namespace ExperimentFramework.DataPlane;

/// <summary>
/// An exposure that is going to be told: to the pipeline or, where exposures are logged by hand, to the memory of what was
/// served. The default is one that is not.
/// </summary>
internal struct ExposureTelling
{
    private readonly ExposureRecorder? _recorder;
    private readonly ServedSubjects _servedSubjects;
    private readonly Decision _assigned;
    private readonly Variant _served;
    private readonly Subject _subject;
    private readonly RepeatClaim _claim;
    private readonly long _decidedAt;
    private readonly bool _isToldLater;
    private AttributeSlot[]? _attributes;
    private int _attributeCount;

    private ExposureTelling(
        ExposureRecorder recorder,
        ServedSubjects servedSubjects,
        Decision assigned,
        Variant served,
        in Subject subject,
        in RepeatClaim claim,
        long decidedAt,
        bool isToldLater)
    {
        _recorder = recorder;
        _servedSubjects = servedSubjects;
        _assigned = assigned;
        _served = served;
        _subject = subject;
        _claim = claim;
        _decidedAt = decidedAt;
        _isToldLater = isToldLater;
    }

    /// <summary>Starts a telling.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="servedSubjects">Where exposures that are logged by hand wait.</param>
    /// <param name="assigned">What was decided.</param>
    /// <param name="served">Who answers.</param>
    /// <param name="subject">Who is served.</param>
    /// <param name="decidedAt">When it was decided, in ticks of UTC; 0 for now.</param>
    public static ExposureTelling Begin(
        Experiment experiment, ServedSubjects servedSubjects, Decision assigned, Variant served, in Subject subject, long decidedAt = 0)
    {
        var recorder = experiment.Exposures;
        if (!recorder.IsEnabled)
        {
            return default;
        }

        RepeatClaim claim = default;
        return recorder.Semantics == ExposureSemantics.Explicit || recorder.TryAdmit(assigned, served, subject, out claim)
            ? new ExposureTelling(recorder, servedSubjects, assigned, served, subject, claim, decidedAt == 0 ? recorder.Now : decidedAt, decidedAt != 0)
            : default;
    }

    /// <summary>Adds an attribute, where the exposure is told.</summary>
    public void Add<T>(string name, T value)
    {
        if (_recorder is not null)
        {
            AttributeSlots.Add(ref _attributes, ref _attributeCount, name, value, _recorder.MaxAttributeLength);
        }
    }

    /// <summary>Tells it, with attributes that were added elsewhere.</summary>
    public Written Tell(AttributeSlot[]? attributes, RoomWait wait, CancellationToken cancellationToken)
    {
        _attributes ??= attributes;
        return Tell(wait, cancellationToken);
    }

    /// <summary>Tells it.</summary>
    public readonly Written Tell(RoomWait wait, CancellationToken cancellationToken)
    {
        if (_recorder is null)
        {
            return default;
        }

        if (_recorder.Semantics != ExposureSemantics.Explicit)
        {
            var notedAt = _isToldLater ? _recorder.Now : _decidedAt;
            return _recorder.Record(_assigned, _served, _subject, _claim, _decidedAt, notedAt, _attributes, wait, cancellationToken);
        }

        _servedSubjects.Remember(new ServedSubjects.Served(_subject, _assigned, _served, _attributes));
        return default;
    }
}
