using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Redis.Tests.Assignment;

/// <summary>What hurts one subject, what is a fault of the server, and what a server that answers keeps to itself.</summary>
public sealed class RedisFaultTests : IAsyncLifetime
{
    private static readonly AssignmentKey Key = new("e", "u1");
    private readonly List<RedisAssignmentStore> _stores = [];
    private RedisServer _server = null!;

    private static TimeSpan Patience => TimeSpan.FromSeconds(10);

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _stores.ForEach(store => store.Dispose());
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Callers_that_wait_on_pool_threads_do_not_keep_a_healthy_server_from_answering()
    {
        await using var provider = Experiment(TimeSpan.FromMilliseconds(500));
        var pooled = provider.GetRequiredService<IPooled>();
        pooled.Get("warm");
        var subjects = 0;
        var watch = Stopwatch.StartNew();

        // More than the pool has threads at the beginning, in the time in which it adds few of its own accord.
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount * 2).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < TimeSpan.FromSeconds(3))
            {
                pooled.Get($"u{Interlocked.Increment(ref subjects)}");
                await Task.Delay(1);
            }
        })));

        var exposures = provider.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>().ToList();
        Assert.InRange(exposures.Count(exposure => exposure.SelectionReason == "store-unavailable"), 0, exposures.Count / 10);
    }

    [Theory]
    [InlineData("RPUSH")]
    [InlineData("SET")]
    public async Task A_bad_key_is_a_fault_of_its_subject_and_the_others_are_answered(string command)
    {
        await _server.SendAsync(command, "dataplane:assignment:pooled:::bad", "");
        await using var provider = Experiment(Patience);
        var pooled = provider.GetRequiredService<IPooled>();
        for (var i = 0; i < 50; i++)
        {
            pooled.Get("bad");
            pooled.Get($"u{i}");
        }

        var exposures = provider.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>();
        Assert.All(exposures, exposure => Assert.Equal(exposure.SubjectId == "bad" ? "store-unavailable" : "hash-assignment", exposure.SelectionReason));
        var store = Open();
        var bad = new AssignmentKey("pooled", "bad");
        Assert.IsNotType<IOException>(Assert.ThrowsAny<Exception>(() => store.Assign(bad, new StoredAssignment("b"), null, Patience)));
        Assert.IsNotType<IOException>(await Assert.ThrowsAnyAsync<Exception>(() => store.AssignAsync(bad, new StoredAssignment("b"), null).AsTask()));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_says_so_as_a_fault_of_the_store()
    {
        var store = Open();
        store.Find(Key, Patience);
        await _server.KillAsync();
        await Eventually.Holds(() => Equals(store.Diagnostics["connected"], false));

        Assert.StartsWith("Redis cannot be reached", Assert.Throws<IOException>(() => store.Find(Key, Patience)).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => store.Assign(Key, new StoredAssignment("b"), null, Patience));
        await Assert.ThrowsAsync<IOException>(() => store.FindAsync(Key).AsTask());
        await Assert.ThrowsAsync<IOException>(() => store.AssignAsync(Key, new StoredAssignment("b"), new StoredAssignment("c")).AsTask());
        await Assert.ThrowsAsync<IOException>(() => store.ForgetAsync("u1").AsTask());
    }

    [Fact]
    public async Task A_server_that_is_silent_times_out_when_the_caller_says()
    {
        var store = Open();
        store.Find(Key, Patience);
        _server.Pause();
        try
        {
            var watch = Stopwatch.StartNew();
            Assert.Throws<TimeoutException>(() => store.Find(Key, TimeSpan.FromMilliseconds(50)));
            Assert.Throws<TimeoutException>(() => store.Assign(Key, new StoredAssignment("b"), null, TimeSpan.FromMilliseconds(50)));
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.FindAsync(Key, soon.Token).AsTask());
            Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(100), Patience);
        }
        finally
        {
            _server.Resume();
        }
    }

    [Fact]
    public async Task A_server_that_may_evict_assignments_or_has_shows_in_health()
    {
        var store = Open();
        await Eventually.Holds(() => store.Diagnostics.ContainsKey("evicted_keys"));
        Assert.Null(store.DegradedReason);
        Assert.Equal((1, 0L, "noeviction"), (store.Diagnostics["primaries"], store.Diagnostics["evicted_keys"], store.Diagnostics["maxmemory_policy"]));

        await _server.SendAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-random");
        Assert.Null(await ReasonAsync());
        await _server.SendAsync("CONFIG", "SET", "maxmemory", "3000000");
        Assert.Contains("may evict assignments when its memory is full (maxmemory-policy allkeys-random)", await ReasonAsync(), StringComparison.Ordinal);

        for (var i = 0; i < 3; i++)
        {
            await _server.SendAsync("EVAL", $"for i=1,20000 do redis.call('SET','{i}-'..i,string.rep('x',100)) end", "0");
        }

        var reason = await ReasonAsync();
        Assert.Matches("Redis has evicted [1-9][0-9]* keys", reason);
        Assert.Contains("Set maxmemory-policy to noeviction", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_became_a_replica_shows_and_is_used_again_when_it_is_a_primary()
    {
        var store = Open();
        store.Find(Key, Patience);
        var before = store.Generation;
        await _server.SendAsync("REPLICAOF", "127.0.0.1", "1");

        var error = Assert.Throws<IOException>(() => store.Assign(Key, new StoredAssignment("b"), null, Patience));
        Assert.Contains("read-only replica", error.Message, StringComparison.Ordinal);
        await Eventually.Holds(() => store.DegradedReason is not null);
        Assert.Contains("A failover is in progress or has not reached this client", store.DegradedReason, StringComparison.Ordinal);
        Assert.Equal(0, store.Diagnostics["primaries"]);

        await _server.SendAsync("REPLICAOF", "NO", "ONE");
        await Eventually.Holds(() => Works(store));

        // What notices the failover works in the background: the first call may succeed before it.
        await Eventually.Holds(() => store.Generation > before);
    }

    private static bool Works(RedisAssignmentStore store)
    {
        try
        {
            store.Assign(Key, new StoredAssignment("b"), null, Patience);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>What a store says that has just been opened.</summary>
    private async Task<string?> ReasonAsync()
    {
        var store = Open();
        await Eventually.Holds(() => store.Diagnostics.ContainsKey("evicted_keys"));
        return store.DegradedReason;
    }

    private ServiceProvider Experiment(TimeSpan timeout) => new ServiceCollection()
        .AddSingleton<ControlPooled>().AddSingleton<OtherPooled>()
        .AddDataBackplane(options => options.StoreTimeout = timeout).AddInMemoryDataBackplane(capacity: 1_000_000).AddRedisAssignmentStore(_server.Endpoint)
        .AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IPooled>(trial => trial
            .AddControl<ControlPooled>().AddVariant<OtherPooled>("b").WithPolicy(AssignmentPolicy.GloballySticky)))
        .BuildServiceProvider();

    private RedisAssignmentStore Open()
    {
        var store = new RedisAssignmentStore(new RedisAssignmentStoreOptions { Configuration = _server.Endpoint }, Patience);
        _stores.Add(store);
        return store;
    }
}
