using System.Collections.Frozen;
using System.Globalization;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// The settings of the client, by the names of librdkafka
/// (<see href="https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md">CONFIGURATION.md</see>): those that the guarantees need, then those of the application.
/// </summary>
internal static class ClientSettings
{
    /// <summary>The name by which brokers identify the client.</summary>
    public const string ClientId = "ExperimentFramework.DataPlane";

    private const string Guarantee = "an event is delivered once all replicas in sync have it, once per attempt and in order";
    private const string Timeout = "it follows DataPlaneOptions.PublishTimeout, so that the client has given an event up before the pipeline retries it";
    private const string Queue = "it follows DataPlaneOptions.BatchSize, because the pipeline's queue is the one that is bounded and counted";
    private const string Reports = "every event needs its delivery report";
    private const string Option = "there is an option for it: KafkaDataBackplaneOptions.";

    private static readonly FrozenDictionary<string, string> RefusedByProducer = new Dictionary<string, string>
    {
        ["acks"] = Guarantee,
        ["request.required.acks"] = Guarantee,
        ["enable.idempotence"] = Guarantee,
        ["enable.gapless.guarantee"] = Guarantee,
        ["max.in.flight"] = Guarantee,
        ["max.in.flight.requests.per.connection"] = Guarantee,
        ["retries"] = Guarantee,
        ["message.send.max.retries"] = Guarantee,
        ["queuing.strategy"] = Guarantee,
        ["transactional.id"] = "transactions are not used",
        ["message.timeout.ms"] = Timeout,
        ["delivery.timeout.ms"] = Timeout,
        ["queue.buffering.max.messages"] = Queue,
        ["queue.buffering.max.kbytes"] = Queue,
        ["delivery.report.only.error"] = Reports,
        ["dotnet.producer.enable.delivery.reports"] = Reports,
        ["dotnet.producer.delivery.report.fields"] = Reports,
        ["dotnet.producer.enable.background.poll"] = Reports,
        ["bootstrap.servers"] = Option + nameof(KafkaDataBackplaneOptions.BootstrapServers),
        ["metadata.broker.list"] = Option + nameof(KafkaDataBackplaneOptions.BootstrapServers),
        ["linger.ms"] = Option + nameof(KafkaDataBackplaneOptions.Linger),
        ["queue.buffering.max.ms"] = Option + nameof(KafkaDataBackplaneOptions.Linger),
        ["message.max.bytes"] = Option + nameof(KafkaDataBackplaneOptions.MaxMessageBytes),
        ["statistics.interval.ms"] = Option + nameof(KafkaDataBackplaneOptions.StatisticsInterval),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Words in the names of settings whose values are secrets.</summary>
    private static readonly string[] SecretWords = ["password", "secret", "key", "pem", "token", "jaas", "oauthbearer.config", "certificate"];

    /// <summary>Returns the errors in an application's settings, each as the rest of a sentence.</summary>
    public static IEnumerable<string> ProducerErrors(IEnumerable<KeyValuePair<string, string>> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (RefusedByProducer.TryGetValue(name, out var reason))
            {
                yield return $"must not contain '{name}': {reason}.";
            }
            else if (name.Equals("partitioner", StringComparison.OrdinalIgnoreCase) && value == "random")
            {
                yield return "must not contain 'partitioner' with the value 'random': the events of a subject would have no order. Use 'murmur2_random' or 'consistent_random'.";
            }
            else if (string.IsNullOrEmpty(value))
            {
                yield return MissingValue(name);
            }
        }
    }

    /// <summary>Returns the settings of the producer. Its queue holds two batches: the one being sent, and the rest of the last one, whose places are freed after their reports.</summary>
    public static Dictionary<string, string> OfProducer(KafkaDataBackplaneOptions options, DataPlaneOptions pipeline)
    {
        var settings = new Dictionary<string, string>
        {
            ["client.id"] = ClientId,

            // The partitioner of Java clients, so that a subject has one partition whichever client writes it.
            ["partitioner"] = "murmur2_random",
            ["retry.backoff.ms"] = "50",
        };
        foreach (var (name, value) in options.Settings)
        {
            settings[name.ToLowerInvariant()] = value;
        }

        settings["bootstrap.servers"] = options.BootstrapServers!;
        settings["acks"] = "all";
        settings["enable.idempotence"] = "true";
        settings["linger.ms"] = Milliseconds(options.Linger);
        settings["message.timeout.ms"] = Milliseconds(MessageTimeout(options, pipeline));
        settings["message.max.bytes"] = options.MaxMessageBytes.ToString(CultureInfo.InvariantCulture);
        settings["queue.buffering.max.messages"] = (2L * pipeline.BatchSize).ToString(CultureInfo.InvariantCulture);
        settings["statistics.interval.ms"] = Milliseconds(options.StatisticsInterval);
        settings["dotnet.producer.delivery.report.fields"] = "status";
        return settings;
    }

    /// <summary>Returns the error of a setting without a value, as the rest of a sentence.</summary>
    public static string MissingValue(string name) => $"has no value for '{name}'; remove it, or set one.";

    /// <summary>Returns the values that no message may show.</summary>
    public static IEnumerable<string> Secrets(IEnumerable<KeyValuePair<string, string>> settings) => settings
        .Where(setting => SecretWords.Any(word => setting.Key.Contains(word, StringComparison.OrdinalIgnoreCase)) && !setting.Key.EndsWith(".location", StringComparison.OrdinalIgnoreCase))
        .Select(setting => setting.Value);

    /// <summary>How long the client tries to deliver an event: less than the pipeline waits, or events that it still holds would be sent again.</summary>
    private static TimeSpan MessageTimeout(KafkaDataBackplaneOptions options, DataPlaneOptions pipeline)
    {
        var most = pipeline.PublishTimeout * 0.8;
        return most > options.Linger ? most : options.Linger + TimeSpan.FromMilliseconds(1);
    }

    private static string Milliseconds(TimeSpan time) => Math.Ceiling(time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
