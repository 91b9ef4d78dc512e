namespace ExperimentFramework.DataPlane;

/// <summary>
/// An exposure that may be told once its attributes have been read. The default is one that is not.
/// </summary>
internal struct PendingExposure
{
    private readonly ExposureRecorder? _recorder;
    private readonly IServedExposureSink _memory;
    private readonly Decision _assigned;
    private readonly Variant _served;
    private readonly Subject _subject;
    private readonly long _decidedAt;
    private AttributeSlot[]? _attributes;
    private int _attributeCount;

    /// <summary>Starts a telling.</summary>
    /// <param name="recorder">Tells it.</param>
    /// <param name="memory">Where exposures that are logged by hand wait.</param>
    /// <param name="assigned">What was decided.</param>
    /// <param name="served">Who answers.</param>
    /// <param name="subject">Who is served.</param>
    /// <param name="decidedAt">When it was decided, in ticks of UTC; 0 for when it is told.</param>
    public PendingExposure(
        ExposureRecorder recorder, IServedExposureSink memory, Decision assigned, Variant served, in Subject subject, long decidedAt = 0)
    {
        _recorder = recorder.ShouldRecord(assigned, served, subject) ? recorder : null;
        _memory = memory;
        _assigned = assigned;
        _served = served;
        _subject = subject;
        _decidedAt = decidedAt;
    }

    /// <summary>Adds an attribute, where the exposure may be told.</summary>
    public void Add<T>(string name, T value)
    {
        if (_recorder is not null)
        {
            AttributeSlots.Add(ref _attributes, ref _attributeCount, name, value, _recorder.MaxAttributeLength);
        }
    }

    /// <summary>Tells it, with attributes that were added elsewhere.</summary>
    public EnqueueResult Record(AttributeSlot[]? attributes, WaitMode wait, CancellationToken cancellationToken)
    {
        _attributes ??= attributes;
        return Record(wait, cancellationToken);
    }

    /// <summary>Tells it.</summary>
    public readonly EnqueueResult Record(WaitMode wait, CancellationToken cancellationToken) =>
        _recorder is null
            ? default
            : _recorder.RecordCore(_memory, _assigned, _served, _subject, _decidedAt, _attributes, wait, cancellationToken);
}
