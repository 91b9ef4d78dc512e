using System.Globalization;

namespace ExperimentFramework.DataPlane.Redis.Tests.Assignment;

/// <summary>A subject is forgotten on every shard of a cluster, or the caller gets an error.</summary>
public sealed class RedisClusterTests : IAsyncLifetime
{
    private const int Experiments = 60;

    private RedisCluster _cluster = null!;
    private RedisAssignmentStore _store = null!;

    private static TimeSpan Patience => TimeSpan.FromSeconds(10);

    public async ValueTask InitializeAsync()
    {
        _cluster = await RedisCluster.StartAsync();
        _store = new RedisAssignmentStore(new RedisAssignmentStoreOptions { Configuration = _cluster.Servers[0].Endpoint }, Patience);

        // The client finds the other servers in the background.
        await Eventually.Holds(async () => await RefusalAsync("nobody") is null);
    }

    public async ValueTask DisposeAsync()
    {
        _store?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_subject_is_forgotten_on_every_shard()
    {
        Assign();
        Assert.All(await CountsAsync(_cluster.Servers), count => Assert.InRange(count, 1, Experiments - 2));

        Assert.Equal(Experiments, await _store.ForgetAsync("anna", "user"));

        Assert.All(await CountsAsync(_cluster.Servers), count => Assert.Equal(0, count));
    }

    [Fact]
    public async Task While_a_shard_is_away_the_others_are_searched_and_the_error_names_it()
    {
        Assign();
        var away = _cluster.Servers[2];
        await away.KillAsync();

        await Eventually.Holds(async () => (await RefusalAsync("anna"))!.StartsWith($"{away.Endpoint} of the Redis cluster cannot be reached", StringComparison.Ordinal));

        Assert.All(await CountsAsync(_cluster.Servers.Take(2)), count => Assert.Equal(0, count));
        Assert.NotNull(await RefusalAsync("anna"));
    }

    [Fact]
    public async Task While_slots_move_an_assignment_may_be_missed_which_is_an_error()
    {
        Assign();
        var receiver = (await _cluster.Servers[1].SendAsync("CLUSTER", "MYID")).Split("\r\n")[1];
        await _cluster.Servers[0].SendAsync("CLUSTER", "SETSLOT", "0", "MIGRATING", receiver);

        Assert.Contains("changed during the search", await RefusalAsync("anna"), StringComparison.Ordinal);

        await _cluster.Servers[0].SendAsync("CLUSTER", "SETSLOT", "0", "STABLE");
        Assert.Null(await RefusalAsync("anna"));
    }

    private static async Task<int[]> CountsAsync(IEnumerable<RedisServer> servers)
    {
        var counts = new List<int>();
        foreach (var server in servers)
        {
            counts.Add(int.Parse((await server.SendAsync("DBSIZE")).Trim()[1..], CultureInfo.InvariantCulture));
        }

        return [.. counts];
    }

    private void Assign()
    {
        for (var i = 0; i < Experiments; i++)
        {
            Assert.Null(_store.Assign(new AssignmentKey($"experiment-{i}", "anna", "user"), new StoredAssignment("b"), null, Patience));
        }
    }

    /// <summary>Forgets the subject.</summary>
    /// <returns>The error; null for none.</returns>
    private async Task<string?> RefusalAsync(string subject)
    {
        try
        {
            await _store.ForgetAsync(subject, "user", cancellationToken: TestContext.Current.CancellationToken);
            return null;
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }
}
