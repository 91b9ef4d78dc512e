using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>However many partitions are to be dropped, it needs few locks at a time, and each for a short time.</summary>
public sealed class PartitionBacklogTests
{
    private const int Days = 100;

    [Fact]
    public async Task Any_number_of_days_is_dropped_with_few_locks_at_a_time()
    {
        // Fewer locks than a server has by default, so that fewer days are too many for them.
        await using var server = await PostgreSqlServer.StartAsync("max_connections=20", "max_locks_per_transaction=20");
        var database = await server.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString(database));
        await PostgreSqlSchema.MigrateAsync(source, cancellationToken: TestContext.Current.CancellationToken);
        await server.PsqlAsync(
            database,
            $"DO $$ BEGIN FOR age IN 10..{Days + 9} LOOP PERFORM dataplane.create_partition((now() AT TIME ZONE 'UTC')::date - age); COMMIT; END LOOP; END $$");
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);

        await using var backplane = new PostgreSqlDataBackplane(source, new PostgreSqlDataBackplaneOptions { Retention = TimeSpan.FromDays(2), PartitionsAhead = 1 }, time);

        await Eventually.Holds(async () =>
        {
            var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);
            Assert.True(health.IsHealthy && !health.IsDegraded, health.Description);
            return (long)health.Diagnostics["dropped_partitions"] == Days * 8;
        });
        Assert.Equal(["2"], await server.PsqlAsync(database, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'dataplane.exposures'::regclass"));
    }
}
