namespace ExperimentFramework.DataPlane;

/// <summary>
/// The options of the data plane. They are bound from the configuration section <c>DataPlane</c>, then set by code, and validated at startup. An
/// experiment's entry in <see cref="Experiments"/> takes precedence over the trial's setting, the trial's over the attribute's, and the attribute's over the
/// value here. The category switches, sampling rates and variant values follow configuration reloads; all other options are read once, at startup.
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

    /// <summary>Whether <see cref="MetricEvent"/>s are published. Default: true.</summary>
    public bool EnableMetricEvents { get; set; } = true;

    /// <summary>Whether <see cref="AccountingEvent"/>s are published. Default: true.</summary>
    public bool EnableAccountingEvents { get; set; } = true;

    /// <summary>
    /// How often every destination receives an <see cref="AccountingEvent"/>, whether or not there was anything to count: from 1 second to 1 day. It is checked once per
    /// <see cref="FlushInterval"/>. The last one follows at the end in any case. Default: 1 minute.
    /// </summary>
    public TimeSpan AccountingInterval { get; set; } = TimeSpan.FromMinutes(1);

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
    /// How long after an exposure was recorded the same exposure is recognized as a repeat: more than zero and at most 365 days.
    /// Default: 24 hours.
    /// </summary>
    public TimeSpan RepeatWindow { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// The maximum number of subjects for which each experiment remembers the last exposure, from 1 to 100,000,000. When that number is reached, the subject
    /// recorded longest ago is evicted, which costs one more exposure. Default: 100,000.
    /// </summary>
    public int RepeatCapacity { get; set; } = 100_000;

    /// <summary>
    /// The maximum number of events that wait in the queue that all threads share, and again in the queue of each destination: from 1 to 10,000,000.
    /// Default: 10,000.
    /// </summary>
    public int MaxQueueSize { get; set; } = 10_000;

    /// <summary>
    /// The maximum number of events that a destination receives in one batch, from 1 to <see cref="MaxQueueSize"/>. Default: 500, or the queue size
    /// if that is smaller.
    /// </summary>
    public int BatchSize
    {
        get => _batchSize ?? Math.Min(DefaultBatchSize, MaxQueueSize);
        set => _batchSize = value;
    }

    /// <summary>
    /// The longest time that an event waits for its batch to fill: more than zero and at most 1 hour. Default: 1 second.
    /// </summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The maximum length, in characters, of each string and key in an attribute, and the maximum number of items in all its collections together: from 16
    /// to 1,000,000. A longer string is truncated and ends in <c>…</c>. All strings and keys of one attribute together may have 16 times as many characters.
    /// Default: 1,024.
    /// </summary>
    public int MaxAttributeLength { get; set; } = 1_024;

    /// <summary>What happens to an event when a queue is full. Default: <see cref="BackplaneFailureMode.Drop"/>.</summary>
    public BackplaneFailureMode FailureMode { get; set; } = BackplaneFailureMode.Drop;

    /// <summary>
    /// The type names of the destinations that callers wait for under <see cref="BackplaneFailureMode.Block"/>, which requires at least one. Every other
    /// destination drops events when its queue is full. Default: none.
    /// </summary>
    public ISet<string> RequiredDestinations { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// The longest time that a call waits for queue capacity under <see cref="BackplaneFailureMode.Block"/> before its event is dropped and
    /// counted: more than zero and at most 1 hour. Default: 1 second.
    /// </summary>
    public TimeSpan BlockTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The time limit for one attempt to publish a batch to a destination: more than zero and at most 1 hour. Default: 30 seconds.
    /// </summary>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The total time that the shutdown of the host and the disposal of the container wait for queued events to be delivered; the rest is counted as
    /// dropped. If one destination uses up all of it, each later step still gets one tenth. From zero to 1 hour. Default: 5 seconds.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How events that a destination did not accept are retried.</summary>
    public RetryOptions Retry { get; } = new();

    /// <summary>Which personal data leaves the process, and in which form. By default only values that are declared personal are replaced.</summary>
    public PiiRedactionOptions PiiRedaction { get; } = new();

    /// <summary>The settings of individual experiments, by experiment name (case-insensitive). Default: empty.</summary>
    public IDictionary<string, ExperimentOptions> Experiments { get; } = new Dictionary<string, ExperimentOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The longest time that a call waits for an assignment store, from 1 millisecond to 10 seconds; after that, the selector's answer is
    /// served. Default: 50 milliseconds.
    /// </summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How long an assignment that was read from a store is served from the cache before the store is queried again: more than zero and at most 365 days.
    /// Default: 5 minutes.
    /// </summary>
    public TimeSpan AssignmentCacheDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The maximum number of subjects whose assignments each experiment with a store caches, from 1 to 100,000,000. When the cache is full, a
    /// subject that was not seen recently is evicted, which costs one more query to the store. Default: 100,000.
    /// </summary>
    public int AssignmentCacheCapacity { get; set; } = 100_000;
}
