using ExperimentFramework.DataPlane.Tests.Assignment;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Assignment;

public sealed class PostgreSqlAssignmentStoreTests(SharedServer server) : AssignmentStoreForgetContract, IAsyncLifetime
{
    private static readonly AssignmentKey Key = new("checkout", "u1", "user");
    private readonly List<PostgreSqlAssignmentStore> _stores = [];
    private TestDatabase _database = null!;

    private static TimeSpan Patience => TimeSpan.FromSeconds(30);

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        _stores.ForEach(store => store.Dispose());
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    protected override ValueTask<IAssignmentStore> CreateAsync() => new(Open());

    [Fact]
    public async Task Another_program_can_read_them()
    {
        Open().Assign(Key, new StoredAssignment("b", "v1"), null, Patience);

        Assert.Equal(
            ["checkout||user|u1|b|v1"],
            await _database.PsqlAsync("SELECT experiment, tenant_id, subject_type, subject_id, variant, allocation_version FROM dataplane.subject_assignments"));
    }

    [Fact]
    public async Task Of_many_hosts_that_want_the_same_subjects_at_once_one_wins_each()
    {
        const int subjects = 100;
        var hosts = Enumerable.Range(0, 6).Select(_ => NpgsqlDataSource.Create(_database.ConnectionString)).ToList();
        var stores = hosts.Select(source => Open(source: source)).ToList();

        var answers = await Task.WhenAll(stores.Select((store, host) => Task.Run(async () =>
        {
            var own = new string[subjects];
            for (var i = 0; i < subjects; i++)
            {
                var candidate = new StoredAssignment($"variant-{host}");
                own[i] = (await store.AssignAsync(new AssignmentKey("e", $"u{i}"), candidate, i % 3 == 0 ? new StoredAssignment("other") : null) ?? candidate).VariantKey;
            }

            return own;
        })));

        Assert.All(Enumerable.Range(0, subjects), i => Assert.Single(answers.Select(own => own[i]).Distinct()));
        hosts.ForEach(source => source.Dispose());
    }

    [Fact]
    public async Task Of_many_hosts_that_replace_the_same_assignment_at_once_one_succeeds()
    {
        var stores = Enumerable.Range(0, 6).Select(_ => Open()).ToList();
        for (var round = 0; round < 20; round++)
        {
            var key = new AssignmentKey("e", $"u{round}");
            await stores[0].AssignAsync(key, new StoredAssignment("old"), null);

            var answers = await Task.WhenAll(stores.Select((store, host) =>
                Task.Run(() => store.AssignAsync(key, new StoredAssignment($"new-{host}"), new StoredAssignment("old")).AsTask())));

            Assert.Single(answers, answer => answer is null);
            Assert.Single(answers.Where(answer => answer is not null).Distinct());
        }
    }

    [Fact]
    public async Task A_subject_with_a_nul_character_fails_alone()
    {
        var store = Open();

        var error = await Assert.ThrowsAsync<PostgresException>(() => store.AssignAsync(new AssignmentKey("e", "a\0b"), new StoredAssignment("b"), null).AsTask());
        Assert.Equal(PostgresErrorCodes.CharacterNotInRepertoire, error.SqlState);
        Assert.False(error.IsTransient);

        Assert.Null(await store.AssignAsync(Key, new StoredAssignment("b"), null));
    }

    [Fact]
    public async Task Assignments_expire_when_their_subject_was_not_seen_for_the_retention()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var store = Open(time: time);
        for (var i = 0; i < 1_200; i++)
        {
            await store.AssignAsync(new AssignmentKey("e", $"u{i}"), new StoredAssignment("b"), null);
        }

        await _database.PsqlAsync("UPDATE dataplane.subject_assignments SET last_seen_at = now() - INTERVAL '366 days' WHERE subject_id <> 'u7'");

        await time.AdvanceUntil(() => Equals(store.Diagnostics["expired_rows"], 1_199L), TimeSpan.FromMinutes(1));
        Assert.Equal(["u7"], await _database.PsqlAsync("SELECT subject_id FROM dataplane.subject_assignments"));
    }

    [Fact]
    public async Task A_wrong_clock_of_the_host_expires_nothing()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var store = Open(time: time);
        await store.AssignAsync(Key, new StoredAssignment("b"), null);

        await _database.PsqlAsync("UPDATE dataplane.subject_assignments SET last_seen_at = now() - INTERVAL '30 days'");

        // What is noted shows that the run has come to its end before the next one begins.
        time.Advance(TimeSpan.FromDays(1_000));
        await store.FindAsync(Key);
        await time.AdvanceUntil(() => _database.CountAsync("SELECT count(*) FROM dataplane.subject_assignments WHERE last_seen_at > now() - INTERVAL '1 day'").GetAwaiter().GetResult() == 1, TimeSpan.FromMinutes(1));

        Assert.Equal(0L, store.Diagnostics["expired_rows"]);
        Assert.NotNull(await store.FindAsync(Key));
    }

    [Fact]
    public async Task A_subject_that_is_seen_is_noted_at_most_once_a_day()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var store = Open(time: time);
        await store.AssignAsync(Key, new StoredAssignment("b"), null);
        await store.AssignAsync(new AssignmentKey("e", "young"), new StoredAssignment("b"), null);
        await _database.PsqlAsync("UPDATE dataplane.subject_assignments SET last_seen_at = now() - INTERVAL '25 hours' WHERE subject_id = 'u1'; UPDATE dataplane.subject_assignments SET last_seen_at = now() - INTERVAL '23 hours' WHERE subject_id = 'young'");

        await store.FindAsync(Key);
        await store.FindAsync(new AssignmentKey("e", "young"));

        // The first run may not have ended yet, and the next one comes a minute after it.
        await time.AdvanceUntil(
            () => _database.CountAsync("SELECT count(*) FROM dataplane.subject_assignments WHERE subject_id = 'u1' AND last_seen_at > now() - INTERVAL '1 hour'").GetAwaiter().GetResult() == 1,
            TimeSpan.FromMinutes(1));
        Assert.Equal(1, await _database.CountAsync("SELECT count(*) FROM dataplane.subject_assignments WHERE last_seen_at < now() - INTERVAL '22 hours'"));
    }

    private PostgreSqlAssignmentStore Open(NpgsqlDataSource? source = null, TimeProvider? time = null)
    {
        var store = new PostgreSqlAssignmentStore(source ?? _database.Source, timeProvider: time);
        _stores.Add(store);
        return store;
    }
}
