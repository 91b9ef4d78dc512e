using System.Collections.Frozen;
using ExperimentFramework.DataPlane.Kafka;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The client settings that an application may add.</summary>
internal static class StreamsSettings
{
    private const string Option = "there is an option for it: ExperimentMonitorStreamsOptions.";
    private const string Engine = "the stream engine sets it, to read and commit as its guarantees need";

    private static readonly FrozenDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["bootstrap.servers"] = Option + nameof(ExperimentMonitorStreamsOptions.BootstrapServers),
        ["metadata.broker.list"] = Option + nameof(ExperimentMonitorStreamsOptions.BootstrapServers),
        ["group.id"] = Option + nameof(ExperimentMonitorStreamsOptions.ApplicationId),
        ["enable.auto.commit"] = Engine,
        ["enable.auto.offset.store"] = Engine,
        ["auto.offset.reset"] = Engine,
        ["partition.assignment.strategy"] = Engine,
        ["group.protocol"] = Engine,
        ["transactional.id"] = Engine,
        ["acks"] = Engine,
        ["request.required.acks"] = Engine,
        ["enable.idempotence"] = Engine,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with an application's settings, as the rest of a sentence.</summary>
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
}
