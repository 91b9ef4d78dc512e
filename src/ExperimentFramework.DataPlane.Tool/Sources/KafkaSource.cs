using System.Globalization;
using System.Runtime.CompilerServices;
using ExperimentFramework.DataPlane.Kafka;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A Kafka topic: <c>kafka://broker1:9092,broker2:9092/topic?security.protocol=SASL_SSL</c>.</summary>
internal sealed class KafkaSource : RemoteSource
{
    private const string Scheme = "kafka://";
    private const int DefaultPort = 9_092;

    private const string CertificateVerification = "enable.ssl.certificate.verification";

    /// <summary>What may be set in the environment begins with this.</summary>
    private const string VariablePrefix = "DATAPLANE_KAFKA_";
    private static readonly string[] SecuritySettings = ["sasl.", "ssl.", "security."];

    private readonly string _brokers;
    private readonly string _topic;
    private readonly IReadOnlyDictionary<string, string> _settings;

    /// <summary>Where the events begin that were not read, by partition.</summary>
    private readonly Dictionary<int, KafkaPosition> _next = [];

    private KafkaSource(string brokers, string topic, IReadOnlyDictionary<string, string> settings)
    {
        _brokers = brokers;
        _topic = topic;
        _settings = settings;
    }

    public override string Name => $"{Scheme}{_brokers}/{_topic}";

    public override SourceFormat Format => SourceFormat.Kafka;

    public override string EmptyQuestion => "Was another topic meant, or are its events older than its retention?";

    public override bool CanFollow => true;

    /// <summary>Reads an address.</summary>
    /// <returns>Null if the text is no address of a topic.</returns>
    /// <exception cref="CommandException">It is one, and has a mistake.</exception>
    public static KafkaSource? Parse(string text)
    {
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var place = text[Scheme.Length..].Split('?')[0];
        if (place.Contains('@', StringComparison.Ordinal))
        {
            throw new CommandException($"The address of a topic must not contain a user or a password: others can see the arguments of a process. Set {VariablePrefix}SASL_USERNAME and {VariablePrefix}SASL_PASSWORD in the environment.");
        }

        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var brokers = WithPorts(slash < 0 ? place : place[..slash]);
        var topic = slash < 0 ? "" : Uri.UnescapeDataString(place[(slash + 1)..].TrimEnd('/'));
        if (BrokerAddresses.Error(brokers) is { } wrongBrokers)
        {
            throw new CommandException($"'{Scheme}{place}' {wrongBrokers} Write it as {Scheme}HOST:PORT,HOST:PORT/TOPIC.");
        }

        return TopicNames.Error(topic) is { } wrongTopic
            ? throw new CommandException($"The topic of '{Scheme}{place}' {wrongTopic} Write it as {Scheme}HOST:PORT/TOPIC.")
            : new KafkaSource(brokers, topic, Checked(SettingsIn(text)));
    }

    public override async IAsyncEnumerable<DataPlaneEnvelope> ReadAsync(ToolConsole console, Action<SourceFault> report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = Options(console, report);
        options.OrderByTime = true;
        await foreach (var envelope in EnumerateAsync(options, cancellationToken))
        {
            yield return envelope;
        }
    }

    public override IAsyncEnumerable<DataPlaneEnvelope> FollowAsync(ToolConsole console, Action<SourceFault> report, Action onReached, CancellationToken cancellationToken)
    {
        var options = Options(console, report);
        options.Follow = true;
        options.OnAnswered = onReached;
        options.OnGap = gap => PassOver(gap, report);
        foreach (var position in _next.Values)
        {
            options.StartPositions.Add(position);
        }

        return EnumerateAsync(options, cancellationToken);
    }

    /// <summary>Says what cannot be read any more, and where reading continues.</summary>
    public static string Describe(string name, KafkaPosition expected, long? next) => next is not { } offset
        ? string.Create(CultureInfo.InvariantCulture, $"'{name}' no longer has partition {expected.Partition}: the topic was deleted and created again. Reading continues with its other partitions.")
        : offset < expected.Offset
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Partition {expected.Partition} of '{name}' ends before offset {expected.Offset}, at which reading would continue: the topic was deleted and created again. Reading continues at offset {offset}.")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Partition {expected.Partition} of '{name}' lost {NumberText.Of(offset - expected.Offset, "message", "messages")} to the topic's retention before reading. Reading continues at offset {offset}.");

    private async IAsyncEnumerable<DataPlaneEnvelope> EnumerateAsync(KafkaReadingOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var events = KafkaEvents.ReadAsync(_brokers, _topic, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await RemoteFailure.TranslateAsync(events.MoveNextAsync))
        {
            Pass(events.Current.Position);
            yield return events.Current.Envelope;
        }
    }

    private KafkaReadingOptions Options(ToolConsole console, Action<SourceFault> report)
    {
        var options = new KafkaReadingOptions
        {
            OnUnreadableMessage = message =>
            {
                Pass(message.Position);
                report(new SourceFault(Name, null, message.Field, message.Message) { MessagePlace = (message.Position.Partition, message.Position.Offset) });
            },
        };
        foreach (var (variable, value) in console.Variables)
        {
            if (variable.StartsWith(VariablePrefix, StringComparison.Ordinal) && value.Length > 0 && variable[VariablePrefix.Length..].Replace('_', '.').ToLowerInvariant() is var setting && IsOfEnvironment(setting))
            {
                options.Settings[setting] = value;
            }
        }

        foreach (var (name, value) in _settings)
        {
            options.Settings[name] = value;
        }

        return options;
    }

    /// <summary>Messages that cannot be read are passed before events that wait for those of other partitions.</summary>
    private void Pass(KafkaPosition position)
    {
        if (!_next.TryGetValue(position.Partition, out var next) || position.Offset >= next.Offset)
        {
            _next[position.Partition] = position.Next;
        }
    }

    private void PassOver(ReadingGap gap, Action<SourceFault> report)
    {
        if (gap.Next is { } next)
        {
            _next[gap.Expected.Partition] = gap.Expected with { Offset = next };
        }
        else
        {
            _next.Remove(gap.Expected.Partition);
        }

        report(new SourceFault(Name, null, null, Describe(Name, gap.Expected, gap.Next)));
    }

    private static bool IsSecret(string setting) => setting != CertificateVerification && ClientSettings.Secrets([new(setting, "")]).Any();

    /// <summary>Whatever an address must not contain can be set in the environment.</summary>
    private static bool IsOfEnvironment(string setting) => IsSecret(setting) || setting == CertificateVerification || Array.Exists(SecuritySettings, start => setting.StartsWith(start, StringComparison.Ordinal));

    private static Dictionary<string, string> Checked(IEnumerable<KeyValuePair<string, string>> named)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in named)
        {
            settings[name] = value;
        }

        if (settings.Keys.FirstOrDefault(IsSecret) is { } secret)
        {
            throw new CommandException($"The address of a topic must not contain '{secret}': others can see the arguments of a process. Set {VariablePrefix}{secret.Replace('.', '_').ToUpperInvariant()} in the environment.");
        }

        return ConsumerSettings.Errors(settings).FirstOrDefault() is { } wrong ? throw new CommandException($"The address of the topic {wrong}") : settings;
    }

    /// <summary>Adds the port that brokers have by default. An IPv6 address has colons of its own, inside brackets.</summary>
    private static string WithPorts(string brokers) => string.Join(
        ',', brokers.Split(',').Select(static broker => broker.Length == 0 || broker.LastIndexOf(':') > broker.LastIndexOf(']') ? broker : $"{broker}:{DefaultPort}"));
}
