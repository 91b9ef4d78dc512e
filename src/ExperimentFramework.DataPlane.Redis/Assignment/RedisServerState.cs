using System.Globalization;
using StackExchange.Redis;

namespace ExperimentFramework.DataPlane.Redis;

/// <summary>
/// What the primary says about itself and no answer shows: that it evicts keys when its memory is full, and that there is none to write to. Asked
/// for in the background, when it is read and has become old, so that health never waits for it.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="failedOver">Called when another server, or the same one again, has become the primary.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisServerState(ConnectionMultiplexer connection, Action failedOver, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private long _askedAt;
    private int _isAsking;
    private volatile Answer? _last;

    /// <summary>What an operator should know; null if nothing is wrong, or it is not known yet.</summary>
    public string? DegradedReason
    {
        get
        {
            Refresh();
            return _last switch
            {
                null => null,
                { Primaries: 0 } => "no connected Redis server is a primary, so nothing can be written: a failover is under way or has not reached this client, or Configuration names only replicas.",
                { Evicted: > 0 } evicting => string.Create(
                    CultureInfo.InvariantCulture,
                    $"Redis has evicted {evicting.Evicted} keys since it started (maxmemory-policy {evicting.Policy}), assignments possibly among them, whose subjects may change their variant: set maxmemory-policy noeviction, or give the server more memory."),
                { IsLimited: true, Policy: not "noeviction" } evicting =>
                    $"Redis may evict assignments when its memory is full (maxmemory-policy {evicting.Policy}), and their subjects may then change their variant: set maxmemory-policy noeviction.",
                _ => null,
            };
        }
    }

    /// <summary>The state in numbers; empty while it is not known.</summary>
    public IEnumerable<KeyValuePair<string, object>> Numbers => _last is not { } last ? [] :
    [
        new("primaries", last.Primaries), new("evicted_keys", last.Evicted), new("maxmemory_policy", last.Policy ?? "unknown"),
    ];

    /// <summary>Asks again, unless that was done a moment ago.</summary>
    public void Refresh(bool isUrgent = false)
    {
        var now = time.GetTimestamp();
        var askedAt = Volatile.Read(ref _askedAt);
        if ((isUrgent || askedAt == 0 || time.GetElapsedTime(askedAt, now) >= Fresh) && Interlocked.Exchange(ref _isAsking, 1) == 0)
        {
            Volatile.Write(ref _askedAt, now);
            _ = BackgroundWork.Run(AskAsync);
        }
    }

    private async Task AskAsync()
    {
        try
        {
            var primaries = connection.GetServers().Where(server => server is { IsConnected: true, IsReplica: false }).ToArray();
            var answer = new Answer(0, 0, false, null, "");
            foreach (var primary in primaries)
            {
                var info = Read((string?)await primary.ExecuteAsync("INFO").ConfigureAwait(false) ?? "");
                var isPrimary = info.GetValueOrDefault("role") != "slave";
                answer = new Answer(
                    answer.Primaries + (isPrimary ? 1 : 0),
                    answer.Evicted + Number(info, "evicted_keys"),
                    answer.IsLimited || Number(info, "maxmemory") > 0,
                    answer.Policy is null or "noeviction" ? info.GetValueOrDefault("maxmemory_policy") : answer.Policy,
                    isPrimary ? $"{answer.Endpoints} {primary.EndPoint}" : answer.Endpoints);
            }

            var before = _last;
            _last = answer;
            if (before is not null && answer.Primaries > 0 && before.Endpoints != answer.Endpoints)
            {
                failedOver();
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // A server that does not answer shows where it is asked for assignments.
        }
        finally
        {
            Volatile.Write(ref _isAsking, 0);
        }
    }

    private static Dictionary<string, string> Read(string info)
    {
        var rows = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in info.Split('\n', StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                rows[line[..colon]] = line[(colon + 1)..];
            }
        }

        return rows;
    }

    private static long Number(Dictionary<string, string> info, string name) =>
        long.TryParse(info.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private sealed record Answer(int Primaries, long Evicted, bool IsLimited, string? Policy, string Endpoints);
}
