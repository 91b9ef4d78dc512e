using StackExchange.Redis;

namespace ExperimentFramework.DataPlane.Redis;

/// <summary>The primaries that a search for keys must cover.</summary>
/// <param name="Connected">The primaries that can be searched.</param>
/// <param name="Unreachable">The endpoints of cluster nodes that own slots and are not among them.</param>
/// <param name="IsMovingSlots">Whether keys of a cluster are moving between nodes, so that a search may miss them.</param>
/// <param name="Layout">Identifies the primaries and their slots: it changes with a failover, and when slots have moved.</param>
internal sealed record RedisPrimaries(IReadOnlyList<IServer> Connected, IReadOnlyList<string> Unreachable, bool IsMovingSlots, string Layout)
{
    /// <summary>Finds the primaries. Each node of a cluster is asked, because the client's own list may be outdated.</summary>
    public static async Task<RedisPrimaries> FindAsync(ConnectionMultiplexer connection, CancellationToken cancellationToken)
    {
        var connected = connection.GetServers().Where(static server => server is { IsConnected: true, IsReplica: false }).ToArray();
        var views = new List<RedisClusterView>();
        foreach (var server in connected.Where(static server => server.ServerType == ServerType.Cluster))
        {
            var nodes = await server.ExecuteAsync("CLUSTER", "NODES").WaitAsync(cancellationToken).ConfigureAwait(false);

            // Since version 3 of its protocol, Redis puts the type of the text in front of it.
            views.Add(RedisClusterView.Parse(nodes.ToString(out _) ?? ""));
        }

        // A configured endpoint may be another name of a discovered node, so nodes are compared by id. Outside a cluster, each primary holds everything.
        var searched = views.Select(static view => view.Self).ToHashSet(StringComparer.Ordinal);
        var owners = views.SelectMany(static view => view.Owners).ToArray();
        return new RedisPrimaries(
            connected,
            [.. owners.Where(owner => !searched.Contains(owner.Key)).Select(static owner => owner.Value.Endpoint).Distinct(StringComparer.Ordinal)],
            views.Exists(static view => view.IsMovingSlots),
            string.Join('\n', views.Count == 0
                ? connected.Select(static server => $"{server.EndPoint}").Order(StringComparer.Ordinal)
                : owners.Select(static owner => $"{owner.Key} {owner.Value.Slots}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
    }
}
