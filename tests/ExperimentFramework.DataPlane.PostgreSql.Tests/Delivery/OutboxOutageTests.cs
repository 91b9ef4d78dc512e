using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

/// <summary>A call that fails changes nothing that matters, and the next one works when the server does.</summary>
public sealed class OutboxOutageTests(SharedServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task A_server_that_is_down_at_the_start_is_used_when_it_is_there_and_again_after_it_was_killed()
    {
        await using var own = await PostgreSqlServer.StartAsync();
        await using var source = NpgsqlDataSource.Create(own.ConnectionString(await own.CreateDatabaseAsync()));
        await own.CrashAsync();
        using var outbox = Open(source);
        Assert.Equal((0, 0), (outbox.Count("d"), outbox.NextPosition("d")));
        var error = Assert.ThrowsAny<IOException>(() => outbox.Append("d", OutboxEvents.Of(0, 2), _ => { }));
        Assert.True(SafeText.IsOwn(error));

        await own.StartAsync();
        outbox.Append("d", 0, 10);
        for (var kill = 0; kill < 3; kill++)
        {
            await (kill == 1 ? own.CrashAsync() : own.KillAsync());
            Assert.ThrowsAny<IOException>(() => outbox.Read("d"));
            Assert.ThrowsAny<IOException>(() => outbox.Remove("d", OutboxEvents.Of(0, 1)));
            Assert.Equal(10, outbox.Count("d"));
            await own.StartAsync();
            Assert.Equal(10, outbox.Read("d").Count);
        }

        outbox.Remove("d", OutboxEvents.Of(0, 4));
        Assert.Equal((6, 6), (outbox.Count("d"), outbox.Read("d").Count));
    }

    [Fact]
    public async Task Events_whose_answer_was_lost_after_the_commit_are_stored_once_and_counted_once()
    {
        using var proxy = new CuttingProxy(_database.Server.Port);
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, port: proxy.Port));
        using var outbox = Open(source);
        outbox.Append("d", 0, 1);
        proxy.LoseAnswerTo("SELECT 1"u8.ToArray());
        Assert.ThrowsAny<IOException>(() => outbox.Append("d", OutboxEvents.Of(1, 5), _ => { }));

        outbox.Append("d", 1, 5);

        Assert.Equal(1, proxy.Cuts);
        Assert.Equal((6, 6), (outbox.Count("d"), outbox.Read("d").Count));
        Assert.Equal(outbox.Session.Totals.Bytes, await _database.CountAsync("SELECT sum(size) FROM dataplane.outbox_events"));
        Assert.Equal(1, await _database.CountAsync("SELECT count(*) FROM dataplane.outbox_owners"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Events_that_are_dropped_are_counted_once_whether_their_commit_or_its_answer_was_lost(bool isCommitted)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var proxy = new CuttingProxy(_database.Server.Port);
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, port: proxy.Port));
        using var outbox = new PostgreSqlEventOutbox(source, new PostgreSqlOutboxOptions { MaxAge = TimeSpan.FromMinutes(1) }, "tests", time, NullLogger.Instance);
        outbox.Append("d", 0, 3);
        var lost = new List<string>();
        time.Advance(TimeSpan.FromMinutes(2));
        if (isCommitted)
        {
            proxy.LoseAnswers(1);
        }
        else
        {
            proxy.LoseCommits(1);
        }

        Assert.ThrowsAny<IOException>(() => outbox.Read("d", lost: lost));
        Assert.Equal((1, isCommitted ? 0 : 3), (proxy.Cuts, await _database.CountAsync("SELECT count(*) FROM dataplane.outbox_events")));
        Assert.Empty(lost);

        // The server may take a moment to see that the connection is gone.
        await Eventually.Holds(() =>
        {
            outbox.Read("d", lost: lost);
            return lost.Count > 0;
        });
        outbox.Read("d", lost: lost);
        Assert.Equal(Enumerable.Repeat("exp/b/outbox_expired", 3), lost);
        Assert.Equal(0, await _database.CountAsync("SELECT count(*) FROM dataplane.outbox_events"));
    }

    [Fact]
    public async Task A_session_that_an_operator_ends_is_opened_again_under_the_same_owner()
    {
        using var outbox = Open(_database.Source);
        outbox.Append("d", 0, 3);
        var owner = outbox.Session.Owner;
        await EndSessionsAsync();

        Assert.ThrowsAny<IOException>(() => outbox.Read("d"));
        Assert.Equal(3, outbox.Read("d").Count);
        Assert.Equal(owner, outbox.Session.Owner);
    }

    [Fact]
    public async Task A_session_whose_lock_the_server_still_holds_goes_on_under_another_owner()
    {
        using var outbox = Open(_database.Source);
        outbox.Append("d", 0, 3);
        var owner = outbox.Session.Owner;
        await EndSessionsAsync();
        await using var ghost = await _database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        Assert.True(new OutboxRows(ghost, "dataplane").Lock(owner));
        Assert.ThrowsAny<IOException>(() => outbox.Read("d"));

        outbox.Append("d", 3, 2);

        Assert.NotEqual(owner, outbox.Session.Owner);
        Assert.Equal((2, 5), (outbox.Count("d"), outbox.NextPosition("d")));
        Assert.Equal(5, await _database.CountAsync("SELECT count(*) FROM dataplane.outbox_events"));
    }

    [Fact]
    public async Task Events_that_an_operator_deletes_are_no_longer_counted()
    {
        using var outbox = Open(_database.Source);
        outbox.Append("d", 0, 3);
        await _database.PsqlAsync("DELETE FROM dataplane.outbox_events");

        Assert.Empty(outbox.Read("d"));
        Assert.Empty(outbox.Read("d"));

        Assert.Equal((0, 0, 0L), (outbox.Count("d"), outbox.NextPosition("d"), outbox.Session.Totals.Bytes));
    }

    [Fact]
    public async Task Tables_that_were_not_migrated_are_said_and_used_when_they_are()
    {
        using var outbox = Open(_database.Source, new PostgreSqlOutboxOptions { Migrate = false });
        var error = Assert.ThrowsAny<IOException>(() => outbox.Append("d", OutboxEvents.Of(0, 1), _ => { }));
        Assert.StartsWith("The schema 'dataplane' in PostgreSQL has version 0 of 'outbox', and version 1 is needed. Migrate is false:", error.Message, StringComparison.Ordinal);

        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: TestContext.Current.CancellationToken);
        outbox.Append("d", 0, 1);
    }

    [Fact]
    public void Texts_that_PostgreSQL_cannot_hold_are_stored_as_replacements_and_the_event_whole()
    {
        using var outbox = Open(_database.Source);
        var queued = OutboxEvents.Of(0, 1)[0];
        var envelope = queued.Envelope with { Payload = (ExposureEvent)queued.Envelope.Payload with { ExperimentName = "a\0b", VariantKey = "\ud800" } };

        Assert.Equal(1, outbox.Append("d", [queued with { Envelope = envelope }], _ => { }));

        var read = Assert.Single(outbox.Read("d")).Envelope;
        Assert.Equal(DataPlaneJson.Serialize(DataPlaneJson.Deserialize(DataPlaneJson.Serialize(envelope))), DataPlaneJson.Serialize(read));
        Assert.Equal("a\0b", read.Payload.ExperimentName);
    }

    private static PostgreSqlEventOutbox Open(NpgsqlDataSource source, PostgreSqlOutboxOptions? options = null) =>
        new(source, options ?? new PostgreSqlOutboxOptions(), "tests", TimeProvider.System, NullLogger.Instance);

    private Task<string[]> EndSessionsAsync() =>
        _database.PsqlAsync("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
}
