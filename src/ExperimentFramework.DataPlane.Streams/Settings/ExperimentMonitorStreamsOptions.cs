namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The options of the monitor that <c>AddExperimentMonitorStreams</c> registers. Validated at start-up.</summary>
public sealed class ExperimentMonitorStreamsOptions
{
    /// <summary>The addresses of one or more brokers, <c>host:port</c>, separated by commas. Default: none; required.</summary>
    public string? BootstrapServers { get; set; }

    /// <summary>The topic that all hosts write their events to, keyed by subject, as <c>AddKafkaDataBackplane</c> does without <c>TopicPerEventType</c>. Its number of partitions must not change. Default: none; required.</summary>
    public string? Topic { get; set; }

    /// <summary>The topic that signals are written to, as JSON envelopes, keyed by experiment. It must not be <see cref="Topic"/>. Default: none; required.</summary>
    public string? SignalsTopic { get; set; }

    /// <summary>
    /// The name that all instances of the monitor share: their consumer group, and the beginning of the names of their internal topics. With another name, all subjects are counted from zero. 1 to 200 letters, digits, dots, underscores and hyphens of ASCII.
    /// Default: <c>experiment-monitor</c>.
    /// </summary>
    public string ApplicationId { get; set; } = "experiment-monitor";

    /// <summary>
    /// The folder for the state on disk, in RocksDB; each process needs its own. Without it, the state is in memory, and is read from its changelog topic at each start. Default: null, in memory.
    /// </summary>
    public string? StateFolder { get; set; }

    /// <summary>How often partitions report what they have counted, and progress is committed, from 100 milliseconds to 1 hour. What was counted since the last commit is counted again after a crash, with the same result. Default: 1 second.</summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>On how many brokers the internal topics are kept, from 1 to 100, if the monitor creates them. Default: null, as many as the brokers' <c>default.replication.factor</c> says.</summary>
    public int? ReplicationFactor { get; set; }

    /// <summary>How many experiments a partition counts, from 1 to 100,000: the first that appear, including those that have ended. Events of other experiments are ignored. Default: 1,000.</summary>
    public int MaxExperiments { get; set; } = 1_000;

    /// <summary>
    /// The names of exposure attributes whose values are segments, in addition to tenant and subject type. Use only attributes that are known before the variant is assigned. Default: none.
    /// </summary>
    public IList<string> SegmentAttributes { get; } = [];

    /// <summary>
    /// Further settings of the clients by their librdkafka names, such as <c>security.protocol</c> or <c>sasl.username</c>. Values of settings whose names look like secrets are never logged. Default: empty.
    /// </summary>
    public IDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
