using System.Text.Json;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// The statistics of a client, in the format of librdkafka
/// (<see href="https://github.com/confluentinc/librdkafka/blob/master/STATISTICS.md">STATISTICS.md</see>). Counts belong to one client, and start at zero with the next one.
/// </summary>
internal sealed record ClientStatistics
{
    public static readonly ClientStatistics None = new();

    /// <summary>The messages that are waiting or in flight.</summary>
    public long QueuedMessages { get; init; }

    /// <summary>Their size in bytes.</summary>
    public long QueuedBytes { get; init; }

    public long Requests { get; init; }

    public long RequestRetries { get; init; }

    public long RequestErrors { get; init; }

    public long RequestTimeouts { get; init; }

    public int ConnectedBrokers { get; init; }

    /// <summary>The 99th percentile of the round trip to the slowest broker.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>How long the broker that throttles the most has delayed requests, on average.</summary>
    public TimeSpan Throttle { get; init; }

    /// <summary>Reads statistics.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static ClientStatistics Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var statistics = new ClientStatistics { QueuedMessages = Number(root, "msg_cnt"), QueuedBytes = Number(root, "msg_size") };
        if (!root.TryGetProperty("brokers", out var brokers) || brokers.ValueKind != JsonValueKind.Object)
        {
            return statistics;
        }

        foreach (var broker in brokers.EnumerateObject().Select(member => member.Value))
        {
            statistics = statistics with
            {
                Requests = statistics.Requests + Number(broker, "tx"),
                RequestRetries = statistics.RequestRetries + Number(broker, "txretries"),
                RequestErrors = statistics.RequestErrors + Number(broker, "txerrs"),
                RequestTimeouts = statistics.RequestTimeouts + Number(broker, "req_timeouts"),

                // The addresses that the client was given have no node number; the connection to the broker found there has one.
                ConnectedBrokers = statistics.ConnectedBrokers + (Number(broker, "nodeid") >= 0 && broker.TryGetProperty("state", out var state) && state.ValueEquals("UP") ? 1 : 0),
                RoundTrip = Longest(statistics.RoundTrip, TimeSpan.FromMicroseconds(Number(broker, "rtt", "p99"))),
                Throttle = Longest(statistics.Throttle, TimeSpan.FromMilliseconds(Number(broker, "throttle", "avg"))),
            };
        }

        return statistics;
    }

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static long Number(JsonElement parent, string name, string child) =>
        parent.TryGetProperty(name, out var window) && window.ValueKind == JsonValueKind.Object ? Number(window, child) : 0;

    private static long Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : 0;
}
