using ExperimentFramework.DataPlane.Tests.Assignment;

namespace ExperimentFramework.DataPlane.Redis.Tests.Assignment;

public sealed class RedisAssignmentStoreTests : AssignmentStoreForgetContract, IAsyncLifetime
{
    private static readonly AssignmentKey Key = new("checkout:v2", "u1@example.com", "user");
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

    protected override ValueTask<IAssignmentStore> CreateAsync() => new(Open());

    [Fact]
    public async Task Another_program_can_read_them_under_the_documented_key()
    {
        Open(options => options.TimeToLive = TimeSpan.FromHours(1)).Assign(Key, new StoredAssignment("b", "v:1"), null, Patience);

        const string key = "dataplane:assignment:checkout%3Av2::user:u1%40example.com";
        Assert.Equal("$7\r\nb:v%3A1", (await _server.SendAsync("GET", key)).TrimEnd());
        Assert.InRange(long.Parse((await _server.SendAsync("PTTL", key)).Trim()[1..], System.Globalization.CultureInfo.InvariantCulture), 3_500_000, 3_600_000);
    }

    [Fact]
    public async Task Without_a_time_to_live_they_are_kept_for_ever_also_when_replaced()
    {
        var store = Open(options => options.TimeToLive = null);
        store.Assign(Key, new StoredAssignment("b"), null, Patience);
        store.Assign(Key, new StoredAssignment("c"), new StoredAssignment("b"), Patience);

        Assert.Equal(":-1", (await _server.SendAsync("PTTL", "dataplane:assignment:checkout%3Av2::user:u1%40example.com")).Trim());
    }

    [Fact]
    public async Task An_answer_is_one_round_trip()
    {
        var store = Open();
        store.Assign(Key, new StoredAssignment("b"), null, Patience);
        await _server.SendAsync("CONFIG", "RESETSTAT");
        store.Assign(Key, new StoredAssignment("c"), null, Patience);
        await store.AssignAsync(Key, new StoredAssignment("c"), null);

        var statistics = await _server.SendAsync("INFO", "commandstats");
        Assert.Contains("cmdstat_set:calls=2,", statistics, StringComparison.Ordinal);
        Assert.DoesNotContain("cmdstat_get:", statistics, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_prefixes_are_two_stores()
    {
        Open().Assign(Key, new StoredAssignment("b"), null, Patience);

        Assert.Null(Open(options => options.KeyPrefix = "other:").Find(Key, Patience));
    }

    [Fact]
    public async Task Forgetting_a_subject_leaves_it_in_a_store_whose_prefix_continues_this_one()
    {
        var other = Open(options => options.KeyPrefix = "dataplane:assignment:other:");
        other.Assign(Key, new StoredAssignment("b"), null, Patience);
        var store = Open();
        store.Assign(Key, new StoredAssignment("c"), null, Patience);

        Assert.Equal(1, await store.ForgetAsync(Key.SubjectId, Key.SubjectType, Key.TenantId, TestContext.Current.CancellationToken));

        Assert.Null(store.Find(Key, Patience));
        Assert.Equal(new StoredAssignment("b"), other.Find(Key, Patience));
    }

    [Theory]
    [InlineData("b v")]
    [InlineData("b:v:1")]
    [InlineData("{\"name\":\"anna\"}")]
    [InlineData("100%")]
    [InlineData("%zz")]
    public async Task Text_that_no_store_would_have_written_is_an_error_and_stays_as_it_is(string text)
    {
        const string key = "dataplane:assignment:checkout%3Av2::user:u1%40example.com";
        await _server.SendAsync("SET", key, text);
        var store = Open();

        Assert.Throws<FormatException>(() => store.Find(Key, Patience));
        Assert.DoesNotContain(text, Assert.Throws<FormatException>(() => store.Assign(Key, new StoredAssignment("b"), null, Patience)).Message, StringComparison.Ordinal);

        Assert.Contains(text, await _server.SendAsync("GET", key), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b", null)]
    [InlineData("b", "")]
    [InlineData("größe (XL)*!'~", "1:2%3")]
    public void What_is_written_can_be_read(string variant, string? version)
    {
        var store = Open();

        Assert.Null(store.Assign(Key, new StoredAssignment(variant, version), null, Patience));

        Assert.Equal(new StoredAssignment(variant, version), store.Find(Key, Patience));
    }

    [Fact]
    public async Task A_value_of_somebody_else_is_an_error_that_names_no_subject()
    {
        await _server.SendAsync("SET", "dataplane:assignment:checkout%3Av2::user:u1%40example.com", ":secret");

        var error = Assert.Throws<FormatException>(() => Open().Find(Key, Patience));

        Assert.Contains("'dataplane:assignment:checkout%3Av2:'", error.Message, StringComparison.Ordinal);
        Assert.Contains("KeyPrefix", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("example", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public void A_timeout_that_nobody_can_mean_is_refused(int milliseconds) => Assert.Throws<ArgumentOutOfRangeException>(
        "timeout", () => new RedisAssignmentStore(new RedisAssignmentStoreOptions { Configuration = _server.Endpoint }, TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public async Task A_server_that_is_gone_fails_calls_and_one_that_is_back_is_another_generation()
    {
        var store = Open();
        store.Assign(Key, new StoredAssignment("b"), null, Patience);
        var before = store.Generation;
        await _server.KillAsync();

        Assert.ThrowsAny<Exception>(() => store.Find(Key, Patience));
        await Assert.ThrowsAnyAsync<Exception>(() => store.AssignAsync(Key, new StoredAssignment("c"), null).AsTask());

        await _server.RestartAsync();
        await Eventually.Holds(() => store.Generation > before);
        Assert.Null(store.Find(Key, Patience));
    }

    [Theory]
    [InlineData("", "contains no server; specify one as host:port.")]
    [InlineData("password=secret,ssl=true", "contains no server; specify one as host:port.")]
    [InlineData("localhost:6379,nonsense=1", "cannot be parsed")]
    public void A_configuration_that_cannot_be_used_is_an_error_that_names_the_option(string configuration, string message)
    {
        var error = Assert.Throws<InvalidOperationException>(() => new RedisAssignmentStore(new RedisAssignmentStoreOptions { Configuration = configuration }));

        Assert.StartsWith("RedisAssignmentStoreOptions.Configuration ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_to_live_that_is_too_short_and_an_empty_prefix_are_errors()
    {
        Assert.StartsWith("RedisAssignmentStoreOptions.TimeToLive is 00:00:59; it must be at least 1 minute", Assert.Throws<InvalidOperationException>(() =>
            Open(options => options.TimeToLive = TimeSpan.FromSeconds(59))).Message, StringComparison.Ordinal);
        Assert.StartsWith("RedisAssignmentStoreOptions.KeyPrefix is empty", Assert.Throws<InvalidOperationException>(() =>
            Open(options => options.KeyPrefix = "")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_time_to_live_is_in_range_from_its_edge()
    {
        Assert.Throws<InvalidOperationException>(() => Open(options => options.TimeToLive = TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1)));
        Assert.Null(Open(options => options.TimeToLive = TimeSpan.FromMinutes(1)).Find(Key, Patience));
    }

    private RedisAssignmentStore Open(Action<RedisAssignmentStoreOptions>? configure = null)
    {
        var options = new RedisAssignmentStoreOptions { Configuration = _server.Endpoint };
        configure?.Invoke(options);
        var store = new RedisAssignmentStore(options, Patience);
        _stores.Add(store);
        return store;
    }
}
