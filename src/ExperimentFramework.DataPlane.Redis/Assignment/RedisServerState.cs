using System.Globalization;
using StackExchange.Redis;

namespace ExperimentFramework.DataPlane.Redis;

/// <summary>
/// The state of the primary that its answers do not show: that it evicts keys when its memory is full, or that no server accepts writes. Queried in the
/// background when it is read and has become outdated, so that health never waits for it.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="failedOver">Called when another server, or the same one again, has become the primary.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisServerState(ConnectionMultiplexer connection, Action failedOver, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private long _queriedAt;
    private int _isQuerying;
    private volatile ServerState? _last;

    /// <summary>A sentence for operators about a problem; null if there is none, or if the state is not known yet.</summary>
    public string? DegradedReason
    {
        get
        {
            Refresh();
            return _last switch
            {
                null => null,
                { Primaries: 0 } => "no connected Redis server is a primary, so nothing can be written. A failover is in progress or has not reached this client, or Configuration contains only replicas.",
                { Evicted: > 0 } evicting => string.Create(
                    CultureInfo.InvariantCulture,
                    $"Redis has evicted {evicting.Evicted} keys since it started (maxmemory-policy {evicting.Policy}). If they include assignments, the variant of their subjects may change. Set maxmemory-policy to noeviction, or give the server more memory."),
                { IsLimited: true, Policy: not "noeviction" } evicting =>
                    $"Redis may evict assignments when its memory is full (maxmemory-policy {evicting.Policy}), and the variant of their subjects may then change. Set maxmemory-policy to noeviction.",
                _ => null,
            };
        }
    }

    /// <summary>The state in numbers; empty while it is not known.</summary>
    public IEnumerable<KeyValuePair<string, object>> Numbers => _last is not { } last ? [] :
    [
        new("primaries", last.Primaries), new("evicted_keys", last.Evicted), new("maxmemory_policy", last.Policy ?? "unknown"),
    ];

    /// <summary>Starts a query of the state, unless the last one is recent.</summary>
    public void Refresh(bool isUrgent = false)
    {
        var now = time.GetTimestamp();
        var queriedAt = Volatile.Read(ref _queriedAt);
        if ((isUrgent || queriedAt == 0 || time.GetElapsedTime(queriedAt, now) >= Fresh) && Interlocked.Exchange(ref _isQuerying, 1) == 0)
        {
            Volatile.Write(ref _queriedAt, now);
            _ = BackgroundWork.Run(QueryAsync);
        }
    }

    private async Task QueryAsync()
    {
        try
        {
            var primaries = connection.GetServers().Where(server => server is { IsConnected: true, IsReplica: false }).ToArray();
            var state = new ServerState(0, 0, false, null, "");
            foreach (var primary in primaries)
            {
                var info = Read((string?)await primary.ExecuteAsync("INFO").ConfigureAwait(false) ?? "");
                var isPrimary = info.GetValueOrDefault("role") != "slave";
                state = new ServerState(
                    state.Primaries + (isPrimary ? 1 : 0),
                    state.Evicted + Number(info, "evicted_keys"),
                    state.IsLimited || Number(info, "maxmemory") > 0,
                    state.Policy is null or "noeviction" ? info.GetValueOrDefault("maxmemory_policy") : state.Policy,
                    isPrimary ? $"{state.Endpoints} {primary.EndPoint}" : state.Endpoints);
            }

            var before = _last;
            _last = state;
            if (before is not null && state.Primaries > 0 && before.Endpoints != state.Endpoints)
            {
                failedOver();
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // A server that does not respond is reported by the assignment calls themselves.
        }
        finally
        {
            Volatile.Write(ref _isQuerying, 0);
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

    private sealed record ServerState(int Primaries, long Evicted, bool IsLimited, string? Policy, string Endpoints);
}
