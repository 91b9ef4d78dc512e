namespace ExperimentFramework.DataPlane;

/// <summary>
/// An exposure that will be recorded once its attributes are known. The default records nothing.
/// </summary>
internal struct PendingExposure
{
    /// <summary>Creates a pending exposure.</summary>
    /// <param name="factory">The factory that <see cref="ExposureRecorder.TryBegin"/> returned; null records nothing.</param>
    /// <param name="sink">Where exposures that the application logs explicitly wait.</param>
    /// <param name="assigned">The decision.</param>
    /// <param name="served">The variant that answers.</param>
    /// <param name="subject">The subject that is served.</param>
    public PendingExposure(ExposureEventFactory? factory, IServedExposureSink? sink, Decision assigned, Variant served, in Subject subject)
    {
        Factory = factory;
        Sink = sink;
        Assigned = assigned;
        Served = served;
        Subject = subject;
    }

    /// <summary>Creates the event, under the sampling that included the exposure; null if nothing is recorded.</summary>
    public ExposureEventFactory? Factory { get; }

    /// <summary>Where exposures that the application logs explicitly wait; null if it is being logged.</summary>
    public IServedExposureSink? Sink { get; }

    /// <summary>The decision.</summary>
    public Decision Assigned { get; }

    /// <summary>The variant that answers.</summary>
    public Variant Served { get; }

    /// <summary>The subject that is served.</summary>
    public readonly Subject Subject;

    /// <summary>The attributes of the call; null for none.</summary>
    public AttributeSlot[]? Attributes;

    /// <summary>When the variant was decided, in ticks of UTC; 0 for the moment of recording.</summary>
    public long DecidedAt;

    private int _attributeCount;

    /// <summary>Adds an attribute, if the exposure is recorded.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">The attribute's value.</param>
    /// <param name="maxLength">The length in characters at which its text is truncated.</param>
    public void Add<T>(string name, T value, int maxLength)
    {
        if (Factory is not null)
        {
            AttributeSlots.Add(ref Attributes, ref _attributeCount, name, value, maxLength);
        }
    }
}
