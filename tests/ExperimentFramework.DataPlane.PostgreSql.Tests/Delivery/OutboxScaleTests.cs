using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

/// <summary>What a call costs does not grow with the number of events that wait, also while the server has no statistics of the table.</summary>
public sealed class OutboxScaleTests(SharedServer server) : IAsyncLifetime
{
    private const int Events = 20_000;
    private const int Batch = 500;

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task Events_are_read_removed_and_adopted_without_reading_all_that_wait()
    {
        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: TestContext.Current.CancellationToken);
        await _database.PsqlAsync("ALTER TABLE dataplane.outbox_events SET (autovacuum_enabled = off)");
        await using (var source = NpgsqlDataSource.Create(_database.ConnectionString))
        {
            using (var outbox = Open(source))
            {
                for (var first = 0; first < Events; first += Batch)
                {
                    outbox.Append("d", first, Batch);
                }

                for (var batch = 0; batch < 5; batch++)
                {
                    outbox.Remove("d", outbox.Read("d", Batch));
                }
            }

            using var next = Open(source);
            next.Register("d", "d", () => { });
            next.Start(_ => { });
            await Eventually.Holds(() => next.Count("d") == Events - (5 * Batch));
        }

        // A session adds its numbers when it ends. Reading all that wait with each call would be millions.
        await Eventually.Holds(async () => await FetchedAsync() > 0);
        Assert.InRange(await FetchedAsync(), 1, 120_000);
    }

    private static PostgreSqlEventOutbox Open(NpgsqlDataSource source) => new(source, new PostgreSqlOutboxOptions(), "tests", TimeProvider.System, NullLogger.Instance);

    private Task<long> FetchedAsync() => _database.CountAsync("SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_user_tables WHERE relname = 'outbox_events'");
}
