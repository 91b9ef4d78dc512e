using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Assignment;

/// <summary>When subjects were last seen is written as often as their retention needs, and is not lost with a run that fails.</summary>
public sealed class SightingTests(SharedServer server) : IAsyncLifetime
{
    private static readonly AssignmentKey Key = new("e", "u1");
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task A_short_retention_is_kept_to_a_tenth()
    {
        using var store = new PostgreSqlAssignmentStore(_database.Source, new PostgreSqlAssignmentStoreOptions { Retention = TimeSpan.FromHours(10) }, _time);
        await store.AssignAsync(Key, new StoredAssignment("b"), null);
        await store.AssignAsync(new AssignmentKey("e", "young"), new StoredAssignment("b"), null);
        await _database.PsqlAsync("UPDATE dataplane.subject_assignments SET last_seen_at = now() - CASE subject_id WHEN 'u1' THEN INTERVAL '70 minutes' ELSE INTERVAL '30 minutes' END");

        // The young one first: if it were written at all, it would be written before the other one, which is waited for.
        await store.FindAsync(new AssignmentKey("e", "young"));
        await store.FindAsync(Key);

        await _time.AdvanceUntil(() => SeenWithin("10 minutes") == 1, Minute);
        Assert.Equal(1, SeenWithin("20 minutes"));
    }

    [Fact]
    public async Task A_sighting_that_could_not_be_written_is_written_when_that_is_possible()
    {
        using var store = new PostgreSqlAssignmentStore(_database.Source, timeProvider: _time);
        await store.AssignAsync(Key, new StoredAssignment("b"), null);
        await _database.PsqlAsync("UPDATE dataplane.subject_assignments SET last_seen_at = now() - INTERVAL '2 days'; ALTER TABLE dataplane.subject_assignments ADD CONSTRAINT unseen CHECK (false) NOT VALID");
        await store.FindAsync(Key);
        await _time.AdvanceUntil(() => store.DegradedReason is not null, Minute);

        await _database.PsqlAsync("ALTER TABLE dataplane.subject_assignments DROP CONSTRAINT unseen");

        await _time.AdvanceUntil(() => store.DegradedReason is null, Minute);
        Assert.Equal(1, SeenWithin("1 day"));
    }

    [Fact]
    public async Task One_run_deletes_all_that_have_expired()
    {
        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: TestContext.Current.CancellationToken);
        await _database.PsqlAsync(
            "INSERT INTO dataplane.subject_assignments (subject_id, subject_type, tenant_id, experiment, variant, last_seen_at) SELECT 'u' || number, '', '', 'e', 'b', now() - INTERVAL '366 days' FROM generate_series(1, 1200) AS number");

        using var store = new PostgreSqlAssignmentStore(_database.Source, timeProvider: _time);

        // The first run needs no time to pass, and no other one comes.
        await Eventually.Holds(() => Equals(store.Diagnostics["expired_rows"], 1_200L));
        Assert.Equal(0, await _database.CountAsync("SELECT count(*) FROM dataplane.subject_assignments"));
    }

    [Fact]
    public async Task The_times_of_an_assignment_that_is_replaced_are_those_of_the_replacement()
    {
        using var store = new PostgreSqlAssignmentStore(_database.Source, timeProvider: _time);
        await store.AssignAsync(Key, new StoredAssignment("b"), null);
        await _database.PsqlAsync("UPDATE dataplane.subject_assignments SET assigned_at = now() - INTERVAL '9 days', last_seen_at = now() - INTERVAL '9 days'");

        await store.AssignAsync(Key, new StoredAssignment("c"), new StoredAssignment("b"));

        Assert.Equal(1, await _database.CountAsync("SELECT count(*) FROM dataplane.subject_assignments WHERE variant = 'c' AND assigned_at > now() - INTERVAL '1 day' AND last_seen_at = assigned_at"));
    }

    private long SeenWithin(string interval) =>
        _database.CountAsync($"SELECT count(*) FROM dataplane.subject_assignments WHERE last_seen_at > now() - INTERVAL '{interval}'").GetAwaiter().GetResult();
}
