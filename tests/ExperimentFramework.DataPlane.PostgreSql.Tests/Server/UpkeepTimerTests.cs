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

        await Eventually.Holds(() => time.Restarts > 0);
    }

    [Fact]
    public async Task Assignments_are_kept_up_after_a_first_run_that_begins_at_once()
    {
        var time = new EagerTimers();
        using var store = new PostgreSqlAssignmentStore(_database.Source, timeProvider: time);

        await Eventually.Holds(() => time.Restarts > 0);
    }
}
