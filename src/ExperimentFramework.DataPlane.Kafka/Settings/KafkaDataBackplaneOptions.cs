namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The options of <see cref="KafkaDataBackplane"/>. Validated at start-up.</summary>
public sealed class KafkaDataBackplaneOptions
{
    /// <summary>The addresses of one or more brokers, <c>host:port</c>, separated by commas. The client finds the other brokers through them. Default: none; required.</summary>
    public string? BootstrapServers { get; set; }

    /// <summary>
    /// The topic, or the beginning of its name with <see cref="TopicPerEventType"/>: 1 to 200 letters, digits, dots, underscores and hyphens of ASCII. Default: none; required.
    /// </summary>
    public string? Topic { get; set; }

    /// <summary>
    /// Whether each type of event has its own topic, <c>{Topic}.exposure</c>, <c>{Topic}.analysis-signal</c> and so on. Events of different types then have no order among each
    /// other. Default: false.
    /// </summary>
    public bool TopicPerEventType { get; set; }

    /// <summary>
    /// How an event is written: as the envelope in JSON with separate headers, or as a CloudEvent in binary mode, whose attributes are headers (<c>ce_id</c>, <c>ce_type</c> and so on).
    /// Default: <see cref="EventFormat.Json"/>.
    /// </summary>
    public EventFormat Format { get; set; }

    /// <summary>
    /// How long the client waits for more events before it sends a request, from 0 to 1 second. The pipeline awaits each batch, so that every millisecond is added to each of them:
    /// raise it only together with <see cref="DataPlaneOptions.BatchSize"/>. Default: 0 ms.
    /// </summary>
    public TimeSpan Linger { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// The size of the largest message, key and headers included, in bytes: from 1,000 to 1,000,000,000. A larger event is rejected. Not more than the topic's <c>max.message.bytes</c>.
    /// Default: 1,000,000.
    /// </summary>
    public int MaxMessageBytes { get; set; } = 1_000_000;

    /// <summary>How often the client's statistics are read into metrics, from 0 (never) to 1 hour. Default: 15 seconds.</summary>
    public TimeSpan StatisticsInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Further settings of the client by their librdkafka names, such as <c>security.protocol</c>, <c>sasl.username</c> or <c>compression.type</c>. A setting that would break a guarantee,
    /// such as <c>acks</c>, prevents the host from starting. Values of settings whose names look like secrets are never logged. Default: empty.
    /// </summary>
    public IDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
