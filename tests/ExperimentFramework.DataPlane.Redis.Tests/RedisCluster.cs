using System.Globalization;

namespace ExperimentFramework.DataPlane.Redis.Tests;

/// <summary>Three real servers that share the slots of a cluster, without replicas.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private static readonly (int First, int Last)[] Slots = [(0, 5460), (5461, 10922), (10923, 16383)];

    private readonly List<RedisServer> _servers = [];

    public IReadOnlyList<RedisServer> Servers => _servers;

    public static async Task<RedisCluster> StartAsync()
    {
        var cluster = new RedisCluster();
        var buses = new List<string>();
        foreach (var (first, last) in Slots)
        {
            buses.Add(Text(RedisServer.FreePort()));
            var server = await RedisServer.StartAsync(
                "--cluster-enabled", "yes", "--cluster-port", buses[^1], "--cluster-require-full-coverage", "no", "--cluster-node-timeout", "1000");
            cluster._servers.Add(server);
            await server.SendAsync("CLUSTER", "SET-CONFIG-EPOCH", Text(buses.Count));
            await server.SendAsync("CLUSTER", "ADDSLOTSRANGE", Text(first), Text(last));
        }

        foreach (var (server, bus) in cluster._servers.Zip(buses).Skip(1))
        {
            await cluster._servers[0].SendAsync("CLUSTER", "MEET", "127.0.0.1", Text(server.Port), bus);
        }

        foreach (var server in cluster._servers)
        {
            await Eventually.Holds(async () => await server.SendAsync("CLUSTER", "INFO") is var info
                && info.Contains("cluster_state:ok", StringComparison.Ordinal)
                && info.Contains("cluster_slots_ok:16384", StringComparison.Ordinal));
        }

        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
