using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>Work in the background goes on however soon its first run begins and ends: its timer is known before it is due.</summary>
public sealed class UpkeepTimerTests(SharedServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task Partitions_are_kept_up_after_a_first_run_that_begins_at_once()
    {
        var time = new EagerTimers();
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new PostgreSqlDataBackplaneOptions { PartitionsAhead = 1 }, time);

        await Eventually.Holds(() => time.Restarts.Count > 0);
        Assert.Equal([TimeSpan.FromHours(1)], time.Restarts);
    }

    [Fact]
    public async Task Partitions_that_cannot_be_prepared_are_tried_again_after_a_minute()
    {
        var time = new EagerTimers();
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new PostgreSqlDataBackplaneOptions { Migrate = false }, time);

        await Eventually.Holds(() => time.Restarts.Count > 0);
        Assert.Equal([TimeSpan.FromMinutes(1)], time.Restarts);
    }

    [Fact]
    public async Task Partitions_that_a_query_keeps_are_tried_again_after_a_minute()
    {
        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: TestContext.Current.CancellationToken);
        await _database.PsqlAsync("SELECT dataplane.create_partition((now() AT TIME ZONE 'UTC')::date - 9)");
        await using var query = await _database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await query.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("SELECT count(*) FROM dataplane.exposures", query))
        {
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }

        var time = new EagerTimers();
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new PostgreSqlDataBackplaneOptions { Retention = TimeSpan.FromDays(2), PartitionsAhead = 1 }, time);

        await Eventually.Holds(() => time.Restarts.Count > 0);
        Assert.Equal([TimeSpan.FromMinutes(1)], time.Restarts);
        Assert.Equal(7L, (await backplane.HealthAsync(TestContext.Current.CancellationToken)).Diagnostics["dropped_partitions"]);
    }

    [Fact]
    public async Task Assignments_are_kept_up_after_a_first_run_that_begins_at_once()
    {
        var time = new EagerTimers();
        using var store = new PostgreSqlAssignmentStore(_database.Source, timeProvider: time);

        await Eventually.Holds(() => time.Restarts.Count > 0);
        Assert.Equal([TimeSpan.FromMinutes(1)], time.Restarts);
    }
}
