namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// A connection string of Azure Event Hubs, and what the Kafka client needs from it
/// (<see href="https://learn.microsoft.com/azure/event-hubs/apache-kafka-configurations">recommended configurations</see>). No message quotes the connection string, which contains a key.
/// </summary>
internal sealed class EventHubsConnectionString
{
    private const int KafkaPort = 9093;
    private const int EmulatorPort = 9092;

    private readonly string _text;
    private readonly string _host;
    private readonly bool _isEmulator;

    private EventHubsConnectionString(string text, string host, bool isEmulator)
    {
        _text = text;
        _host = host;
        _isEmulator = isEmulator;
    }

    /// <summary>Reads a connection string.</summary>
    /// <param name="text">The connection string.</param>
    /// <param name="hub">The event hub that is written to.</param>
    /// <exception cref="ArgumentException">A part is missing or wrong; the message names it.</exception>
    public static EventHubsConnectionString Parse(string text, string hub)
    {
        var parts = Parts(text);
        var endpoint = parts.GetValueOrDefault("Endpoint")
            ?? throw Wrong("has no Endpoint. Copy it from the shared access policies of the namespace: 'Endpoint=sb://<namespace>.servicebus.windows.net/;SharedAccessKeyName=...;SharedAccessKey=...'.");
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme != "sb" || uri.Host.Length == 0)
        {
            throw Wrong("has an Endpoint that is not 'sb://<namespace>.servicebus.windows.net/'.");
        }

        if (!parts.ContainsKey("SharedAccessSignature"))
        {
            foreach (var name in new[] { "SharedAccessKeyName", "SharedAccessKey" })
            {
                if (!parts.ContainsKey(name))
                {
                    throw Wrong($"has no {name}. It needs SharedAccessKeyName and SharedAccessKey, or SharedAccessSignature. To sign in with Microsoft Entra ID, use the package ExperimentFramework.DataPlane.EventHubs.");
                }
            }
        }

        if (parts.TryGetValue("EntityPath", out var entity) && !entity.Equals(hub, StringComparison.OrdinalIgnoreCase))
        {
            throw Wrong($"is for the event hub '{entity}' (EntityPath), not for '{hub}'.");
        }

        var isEmulator = parts.TryGetValue("UseDevelopmentEmulator", out var emulator) && bool.TryParse(emulator, out var uses) && uses;
        return new EventHubsConnectionString(text, uri.Host, isEmulator);
    }

    /// <summary>Sets the options that follow from the connection string.</summary>
    public void Configure(KafkaDataBackplaneOptions options, string hub)
    {
        options.BootstrapServers = FormattableString.Invariant($"{_host}:{(_isEmulator ? EmulatorPort : KafkaPort)}");
        options.Topic = hub;
        options.Settings["security.protocol"] = _isEmulator ? "sasl_plaintext" : "sasl_ssl";
        options.Settings["sasl.mechanism"] = "PLAIN";
        options.Settings["sasl.username"] = "$ConnectionString";
        options.Settings["sasl.password"] = _text;

        // The service closes connections that were idle for 4 minutes, without notice if it moves.
        options.Settings["socket.keepalive.enable"] = "true";
        options.Settings["connections.max.idle.ms"] = "180000";
        options.Settings["metadata.max.age.ms"] = "180000";
    }

    private static Dictionary<string, string> Parts(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // A key in Base64 may end in '='.
            var separator = part.IndexOf('=', StringComparison.Ordinal);
            if (separator <= 0 || separator == part.Length - 1)
            {
                throw Wrong("has a part that is not 'Name=Value'; parts are separated by ';'.");
            }

            parts[part[..separator].Trim()] = part[(separator + 1)..].Trim();
        }

        return parts;
    }

    private static ArgumentException Wrong(string error) => SafeText.Own(new ArgumentException("The connection string of Event Hubs " + error));
}
