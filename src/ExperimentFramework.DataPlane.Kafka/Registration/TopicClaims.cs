using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>The topics that the destinations of one container write to. Two destinations for one topic would send every event there twice.</summary>
internal sealed class TopicClaims
{
    private readonly ConcurrentDictionary<(string Servers, string Topic), string> _claims = new();

    /// <summary>Claims a topic for a destination. The same destination may claim it again.</summary>
    /// <param name="servers">The addresses of the brokers.</param>
    /// <param name="topic">The topic's name.</param>
    /// <param name="name">The name of the destination's options.</param>
    /// <exception cref="InvalidOperationException">Another destination has claimed it.</exception>
    public void Claim(string servers, string topic, string name)
    {
        var sorted = string.Join(',', servers.Split(',', StringSplitOptions.TrimEntries).Select(server => server.ToLowerInvariant()).Order(StringComparer.Ordinal));
        if (_claims.GetOrAdd((sorted, topic), name) != name)
        {
            throw new InvalidOperationException(
                $"Two Kafka destinations write to the topic '{topic}' at {servers}, so every event would be sent there twice. Remove one of the calls of AddKafkaDataBackplane or AddEventHubsDataBackplane, or give one of them another topic.");
        }
    }
}
