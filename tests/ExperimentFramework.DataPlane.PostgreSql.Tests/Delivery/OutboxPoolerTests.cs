using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

/// <summary>The outbox behind PgBouncer: its lock needs a session of the server.</summary>
public sealed class OutboxPoolerTests(SharedServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task A_pooler_in_transaction_mode_is_refused_with_the_remedy_and_nothing_is_stored()
    {
        await using var pooler = await PgBouncer.StartAsync(_database.Server, "transaction");
        await using var source = Source(pooler);
        using var outbox = Open(source);

        for (var attempt = 0; attempt < 3; attempt++)
        {
            var error = Assert.ThrowsAny<IOException>(() => outbox.Append("d", OutboxEvents.Of(0, 1), _ => { }));
            Assert.StartsWith(
                "PostgreSQL is reached through a pooler that does not keep a session for each connection, such as PgBouncer with pool_mode=transaction. The outbox holds a lock for as long as its session lasts. "
                + "Set pool_mode=session in the pooler for this database or role, or connect to the server itself: PostgreSqlOutboxOptions.ConnectionString (",
                error.Message, StringComparison.Ordinal);
            Assert.True(SafeText.IsOwn(error));
        }

        Assert.Equal(0, await _database.CountAsync("SELECT count(*) FROM dataplane.outbox_owners"));
        Assert.Equal(0, await _database.CountAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }

    [Fact]
    public async Task A_pooler_in_session_mode_is_as_good_as_the_server()
    {
        await using var pooler = await PgBouncer.StartAsync(_database.Server, "session");
        await using var source = Source(pooler);
        using var outbox = Open(source);

        outbox.Append("d", 0, 3);

        Assert.Equal(OutboxEvents.Subjects(0, 3), outbox.Read("d").Subjects());
    }

    private NpgsqlDataSource Source(PgBouncer pooler) => NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, port: pooler.Port));

    private static PostgreSqlEventOutbox Open(NpgsqlDataSource source) => new(source, new PostgreSqlOutboxOptions(), "tests", TimeProvider.System, NullLogger.Instance);
}
