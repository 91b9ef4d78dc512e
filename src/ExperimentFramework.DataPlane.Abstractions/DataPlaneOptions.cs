namespace ExperimentFramework.DataPlane;

/// <summary>
/// The options of the data plane, bound from the configuration section <c>DataPlane</c> and then set by code. Checked at start-up. An experiment's
/// own entry in <see cref="Experiments"/> goes before the trial's setting, the trial's before the attribute's, the attribute's before the one here.
/// The category switches and sampling rates are taken up when the configuration is reloaded; everything else is read at start-up.
/// </summary>
public sealed class DataPlaneOptions
{
    private const int DefaultBatchSize = 500;

    private int? _batchSize;

    /// <summary>Whether <see cref="ExposureEvent"/>s are published. Default: true.</summary>
    public bool EnableExposureEvents { get; set; } = true;

    /// <summary>Whether <see cref="AssignmentEvent"/>s are published. Default: true.</summary>
    public bool EnableAssignmentEvents { get; set; } = true;

    /// <summary>Whether <see cref="OutcomeEvent"/>s are published. Default: true.</summary>
    public bool EnableOutcomeEvents { get; set; } = true;

    /// <summary>Whether <see cref="AnalysisSignalEvent"/>s are published. Default: true.</summary>
    public bool EnableAnalysisSignals { get; set; } = true;

    /// <summary>Whether <see cref="ErrorEvent"/>s are published. Default: true.</summary>
    public bool EnableErrorEvents { get; set; } = true;

    /// <summary>
    /// When an exposure is recorded. Default: <see cref="ExposureSemantics.OnDecision"/>.
    /// </summary>
    public ExposureSemantics ExposureSemantics { get; set; } = ExposureSemantics.OnDecision;

    /// <summary>
    /// The share of subjects whose exposures are recorded, from 0 to 1. The same subject is always in or always out, on
    /// every host; raising the rate only adds subjects. Default: 1.
    /// </summary>
    public double SamplingRate { get; set; } = 1;

    /// <summary>
    /// How long an exposure counts as told, from the moment it was told: more than zero and at most 365 days.
    /// Default: 24 hours.
    /// </summary>
    public TimeSpan RepeatWindow { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How many subjects each experiment's repeat memory knows at most, from 1 to 100,000,000. When it is full, the subject
    /// told longest ago is forgotten, which costs one more exposure. Default: 100,000.
    /// </summary>
    public int RepeatCapacity { get; set; } = 100_000;

    /// <summary>
    /// How many events wait at most, in all threads together, and once more in front of each destination: from 1 to 10,000,000.
    /// Default: 10,000.
    /// </summary>
    public int MaxQueueSize { get; set; } = 10_000;

    /// <summary>
    /// How many events a destination is given at once: from 1 to <see cref="MaxQueueSize"/>. Default: 500, or the queue's size where
    /// that is less.
    /// </summary>
    public int BatchSize
    {
        get => _batchSize ?? Math.Min(DefaultBatchSize, MaxQueueSize);
        set => _batchSize = value;
    }

    /// <summary>
    /// How long an event waits at most for its batch to fill: more than zero and at most 1 hour. Default: 1 second.
    /// </summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many characters of each text and each key in an attribute are kept, and how many items of all collections in it together, from 16 to
    /// 1,000,000; a longer text is cut and ends in <c>…</c>. All texts and keys of an attribute together may have 16 times as many characters.
    /// Default: 1,024.
    /// </summary>
    public int MaxAttributeLength { get; set; } = 1_024;

    /// <summary>What happens when there is no room for an event. Default: <see cref="BackplaneFailureMode.Drop"/>.</summary>
    public BackplaneFailureMode FailureMode { get; set; } = BackplaneFailureMode.Drop;

    /// <summary>
    /// The destinations, by the name of their type, that callers wait for under <see cref="BackplaneFailureMode.Block"/>; at least one
    /// there. A full queue of any other destination drops. Default: none.
    /// </summary>
    public ISet<string> RequiredDestinations { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// How long a call waits for room at most under <see cref="BackplaneFailureMode.Block"/>, after which its event is dropped and
    /// counted: more than zero and at most 1 hour. Default: 1 second.
    /// </summary>
    public TimeSpan BlockTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long one attempt to give a destination a batch may take: more than zero and at most 1 hour. Default: 30 seconds.
    /// </summary>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the end of the host and of the container together wait for queued events to be delivered; what is left is counted as
    /// dropped. Where a destination has taken all of it, what comes after it still has a tenth. From zero to 1 hour. Default: 5 seconds.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How events are tried again that a destination did not take.</summary>
    public RetryOptions Retry { get; } = new();

    /// <summary>Which personal data leaves the pipeline, and as what. Default: only what is declared personal is replaced.</summary>
    public PiiRedactionOptions PiiRedaction { get; } = new();

    /// <summary>What is set for single experiments, by the experiment's name without regard to case. Default: empty.</summary>
    public IDictionary<string, ExperimentOptions> Experiments { get; } = new Dictionary<string, ExperimentOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// How long an assignment store is waited for, from 1 millisecond to 10 seconds; beyond it the selector's answer is
    /// served. Default: 50 milliseconds.
    /// </summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How long an assignment that was read from a store is served without asking again: more than zero and at most 365 days.
    /// Default: 5 minutes.
    /// </summary>
    public TimeSpan AssignmentCacheDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How many subjects' assignments each experiment with a store remembers at most, from 1 to 100,000,000. When it is full, a
    /// subject not seen lately is forgotten, which costs one more question to the store. Default: 100,000.
    /// </summary>
    public int AssignmentCacheCapacity { get; set; } = 100_000;
}
