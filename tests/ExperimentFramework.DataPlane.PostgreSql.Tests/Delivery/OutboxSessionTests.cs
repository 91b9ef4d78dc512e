using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

/// <summary>No statement runs in a session that is only half open, or after the end.</summary>
public sealed class OutboxSessionTests(SharedServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task A_session_whose_owner_could_not_be_added_stores_nothing_and_is_opened_again()
    {
        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: TestContext.Current.CancellationToken);

        // One connection, so that one that is not closed is missed.
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString + ";Options=-c lock_timeout=50ms;Maximum Pool Size=1");
        using var outbox = new PostgreSqlEventOutbox(source, new PostgreSqlOutboxOptions(), "tests", TimeProvider.System, NullLogger.Instance);
        await using (var operation = await _database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            await using var transaction = await operation.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand("LOCK TABLE dataplane.outbox_owners IN EXCLUSIVE MODE", operation);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            for (var attempt = 0; attempt < 2; attempt++)
            {
                var error = Assert.ThrowsAny<IOException>(() => outbox.Append("d", OutboxEvents.Of(0, 1), _ => { }));
                Assert.StartsWith("A lock in PostgreSQL was not available in time (", error.Message, StringComparison.Ordinal);
                Assert.Equal(0, await LocksAsync());
            }
        }

        outbox.Append("d", 0, 3);

        Assert.Equal(3, await _database.CountAsync("SELECT count(*) FROM dataplane.outbox_owners JOIN dataplane.outbox_events USING (owner)"));
        Assert.Equal(1, await LocksAsync());
    }

    [Fact]
    public void A_call_that_waits_for_the_session_when_its_end_begins_is_refused()
    {
        using var outbox = new PostgreSqlEventOutbox(_database.Source, new PostgreSqlOutboxOptions(), "tests", TimeProvider.System, NullLogger.Instance);
        var session = outbox.Session;
        Task? end = null;

        session.Use(_ =>
        {
            end = Task.Run(session.Dispose);
            Assert.True(SpinWait.SpinUntil(IsRefused, TimeSpan.FromMinutes(2)), "The end is only known when all calls that were waiting have run.");
            return 0;
        });

        end!.GetAwaiter().GetResult();

        // The thread that uses the session may use it in its action, so it needs not wait to see the answer.
        bool IsRefused()
        {
            try
            {
                return session.Use(_ => false);
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    private Task<long> LocksAsync() =>
        _database.CountAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
}
