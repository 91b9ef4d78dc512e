using System.Collections.Frozen;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The settings of a client that reads: those that reading needs, then those of the application.</summary>
internal static class ConsumerSettings
{
    private const string Read = "a group stores how far events have been read, and not how far they have been fetched";
    private const string Servers = "the addresses are an argument";

    private static readonly FrozenDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["group.id"] = "there is an option for it: KafkaReadingOptions." + nameof(KafkaReadingOptions.GroupId),
        ["enable.auto.commit"] = Read,
        ["enable.auto.offset.store"] = Read,
        ["enable.partition.eof"] = "reading ends by it",
        ["dotnet.consumer.consume.result.fields"] = "events need their headers",
        ["bootstrap.servers"] = Servers,
        ["metadata.broker.list"] = Servers,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the errors in an application's settings, each as the rest of a sentence.</summary>
    public static IEnumerable<string> Errors(IEnumerable<KeyValuePair<string, string>> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (Refused.TryGetValue(name, out var reason))
            {
                yield return $"must not contain '{name}': {reason}.";
            }
            else if (string.IsNullOrEmpty(value))
            {
                yield return ClientSettings.MissingValue(name);
            }
        }
    }

    /// <summary>Returns the settings. Events that retention has deleted before they were read are an error, unless the application says otherwise.</summary>
    public static Dictionary<string, string> Create(string servers, KafkaReadingOptions options)
    {
        var settings = new Dictionary<string, string> { ["client.id"] = ClientSettings.ClientId, ["auto.offset.reset"] = "error" };
        foreach (var (name, value) in options.Settings)
        {
            settings[name.ToLowerInvariant()] = value;
        }

        settings["bootstrap.servers"] = servers;

        // The client requires a group even if none is used.
        settings["group.id"] = options.GroupId ?? ClientSettings.ClientId;
        settings["enable.auto.commit"] = options.GroupId is null ? "false" : "true";
        settings["enable.auto.offset.store"] = "false";
        settings["enable.partition.eof"] = "true";
        return settings;
    }
}
