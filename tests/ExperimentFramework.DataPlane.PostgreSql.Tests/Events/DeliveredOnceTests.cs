using ExperimentFramework.DataPlane.Tests.Delivery;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>An event that is published more than once is stored once, whatever became of the answers.</summary>
public sealed class DeliveredOnceTests(SharedServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task A_batch_of_which_some_events_are_stored_already_adds_the_others()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(100));

        await backplane.DeliveredAsync(TestEvents.Exposures(100, first: 50));
        await backplane.DeliveredAsync(TestEvents.Exposures(150));

        Assert.Equal(["150|150"], await _database.PsqlAsync("SELECT count(*), count(DISTINCT subject_id) FROM dataplane.exposures"));
    }

    [Fact]
    public async Task A_batch_of_several_kinds_of_events_is_one_transaction_and_may_be_repeated()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        DataPlaneEnvelope[] events = [.. SampleEvents.All.Select(SampleEvents.Envelope)];

        await backplane.DeliveredAsync(events);
        await backplane.DeliveredAsync([.. events, .. events]);

        foreach (var (table, rows) in new[] { ("exposures", 1), ("assignments", 1), ("outcomes", 1), ("metrics", 1), ("analysis_signals", 1), ("errors", 1), ("accounts", 8) })
        {
            Assert.Equal(rows, await _database.CountAsync($"SELECT count(*) FROM dataplane.{table}"));
        }

        Assert.Equal(1, await _database.CountAsync("SELECT count(DISTINCT xmin::text) FROM (SELECT xmin FROM dataplane.exposures UNION ALL SELECT xmin FROM dataplane.metrics) rows"));
    }

    [Fact]
    public async Task Events_whose_answer_was_lost_after_the_commit_are_stored_once_when_they_are_tried_again()
    {
        using var proxy = new CuttingProxy(_database.Server.Port);
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, port: proxy.Port));
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        DataPlaneEnvelope[][] batches = [TestEvents.Exposures(100, first: 1), [.. TestEvents.Exposures(10, first: 101), .. SampleEvents.Published.Select(SampleEvents.Envelope)]];
        foreach (var batch in batches)
        {
            proxy.LoseAnswers(1);
            var lost = await backplane.PublishAsync(batch, TestContext.Current.CancellationToken);

            Assert.All(lost.Statuses(batch.Length), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
            Assert.IsType<IOException>(lost.Error);
            await backplane.DeliveredAsync(batch);
        }

        Assert.Equal(2, proxy.Cuts);
        Assert.Equal(["112|112"], await _database.PsqlAsync("SELECT count(*), count(DISTINCT event_id) FROM dataplane.exposures"));
        Assert.Equal(1, await _database.CountAsync("SELECT count(*) FROM dataplane.metrics"));
    }

    [Fact]
    public async Task Batches_that_are_stored_already_and_follow_one_another_share_one_temporary_table_until_events_are_new()
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString + ";Maximum Pool Size=4");
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });
        DataPlaneEnvelope[] mixed = [.. TestEvents.Exposures(50), .. SampleEvents.Published.Select(SampleEvents.Envelope)];
        await backplane.DeliveredAsync(TestEvents.Exposures(100));
        for (var repeat = 0; repeat < 3; repeat++)
        {
            await backplane.DeliveredAsync(TestEvents.Exposures(100));
            await backplane.DeliveredAsync(mixed);
        }

        Assert.Equal(1, await _database.CountAsync("SELECT count(*) FROM pg_class WHERE relname LIKE 'exposures_batch%'"));
        await backplane.DeliveredAsync(TestEvents.Exposures(100, first: 200));
        await UseWholePoolAsync(source);

        Assert.Equal(0, await _database.CountAsync("SELECT count(*) FROM pg_class WHERE relname LIKE 'exposures_batch%'"));
        Assert.Equal(["201|201"], await _database.PsqlAsync("SELECT count(*), count(DISTINCT event_id) FROM dataplane.exposures"));
    }

    [Fact]
    public async Task A_connection_that_breaks_between_two_batches_that_are_stored_already_is_replaced()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(100));
        await backplane.DeliveredAsync(TestEvents.Exposures(100));
        await _database.PsqlAsync("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        await Eventually.Holds(async () => (await backplane.PublishAsync(TestEvents.Exposures(120), TestContext.Current.CancellationToken)).Error is null);

        Assert.Equal(120, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
    }

    [Fact]
    public async Task A_pool_of_one_connection_is_enough()
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString + ";Maximum Pool Size=1");
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(10));
        await backplane.DeliveredAsync(TestEvents.Exposures(20));

        Assert.True((await backplane.HealthAsync(TestContext.Current.CancellationToken)).IsHealthy);
        await backplane.DeliveredAsync(TestEvents.Exposures(20, at: DateTimeOffset.UtcNow.AddDays(-5)));
    }

    [Fact]
    public async Task A_destination_that_is_disposed_keeps_no_connection()
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString + ";Maximum Pool Size=4");
        await using (var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 }))
        {
            await backplane.DeliveredAsync(TestEvents.Exposures(10));
            await backplane.DeliveredAsync(TestEvents.Exposures(20));
        }

        await UseWholePoolAsync(source);
    }

    [Fact]
    public async Task Two_hosts_that_publish_the_same_events_at_once_store_them_once()
    {
        await using var other = NpgsqlDataSource.Create(_database.ConnectionString);
        await using var one = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await using var two = new PostgreSqlDataBackplane(other, new() { PartitionsAhead = 1 });
        for (var batch = 0; batch < 10; batch++)
        {
            var events = TestEvents.Exposures(200, first: batch * 200);
            await Task.WhenAll(one.DeliveredAsync(events), two.DeliveredAsync(events));
        }

        Assert.Equal(["2000|2000"], await _database.PsqlAsync("SELECT count(*), count(DISTINCT event_id) FROM dataplane.exposures"));
    }

    /// <summary>Uses all of a pool's four connections at once, which resets those that were used before.</summary>
    private static async Task UseWholePoolAsync(NpgsqlDataSource source)
    {
        var all = new List<NpgsqlConnection>();
        for (var i = 0; i < 4; i++)
        {
            all.Add(await source.OpenConnectionAsync(TestContext.Current.CancellationToken));
            await using var command = new NpgsqlCommand("SELECT 1", all[i]);
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }

        all.ForEach(connection => connection.Dispose());
    }
}
