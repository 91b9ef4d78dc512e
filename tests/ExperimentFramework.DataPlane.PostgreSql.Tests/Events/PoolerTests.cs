using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>Events through PgBouncer in transaction mode, where each batch may have another session of the server.</summary>
public sealed class PoolerTests(SharedServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task Each_event_is_stored_once_also_if_batches_are_repeated()
    {
        await using var pooler = await PgBouncer.StartAsync(_database.Server, "transaction");
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, port: pooler.Port));
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });
        var events = TestEvents.Exposures(150);

        await backplane.DeliveredAsync(events[..100]);
        for (var repeat = 0; repeat < 3; repeat++)
        {
            await backplane.DeliveredAsync(events);
        }

        Assert.Equal(150, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
        Assert.True((await backplane.HealthAsync(TestContext.Current.CancellationToken)).IsHealthy);
    }
}
