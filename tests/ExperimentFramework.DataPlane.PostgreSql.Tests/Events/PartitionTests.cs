using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>Each day has its partitions: made in advance or when an event needs them, and dropped when they are too old.</summary>
public sealed class PartitionTests(SharedServer server) : IAsyncLifetime
{
    private const string Partitions = "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'dataplane.exposures'::regclass ORDER BY 1";

    /// <summary>The real time, because the server's clock counts too.</summary>
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow.Date.AddHours(12));

    private TestDatabase _database = null!;

    private DateOnly Today => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task Partitions_of_the_next_days_are_there_before_the_first_event()
    {
        await using var backplane = Create(new PostgreSqlDataBackplaneOptions { PartitionsAhead = 3 });

        await Eventually.Holds(async () => (await ExposuresAsync()).Length == 4);

        Assert.Equal(Enumerable.Range(0, 4).Select(day => NameOf(Today.AddDays(day))), await ExposuresAsync());
        Assert.Equal(4 * 8, await _database.CountAsync("SELECT count(*) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhparent WHERE relkind = 'p'"));
        var last = Today.AddDays(3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await Eventually.Holds(async () => last.Equals((await backplane.HealthAsync(TestContext.Current.CancellationToken)).Diagnostics["last_partition"]));
    }

    [Fact]
    public async Task A_new_day_gets_its_partition_an_hour_after_it_has_begun_to_be_needed()
    {
        await using var backplane = Create(new PostgreSqlDataBackplaneOptions { PartitionsAhead = 1 });
        await Eventually.Holds(async () => (await ExposuresAsync()).Length == 2);

        _time.Advance(TimeSpan.FromHours(13));

        // The first run may not have ended yet, and the next one comes an hour after it.
        await _time.AdvanceUntil(() => ExposuresAsync().GetAwaiter().GetResult().Contains(NameOf(Today.AddDays(1))), TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task An_event_of_a_day_without_a_partition_gets_one()
    {
        await using var backplane = Create();

        await backplane.DeliveredAsync([.. TestEvents.Exposures(2, at: _time.GetUtcNow().AddDays(-400)), .. TestEvents.Exposures(2, first: 2, at: _time.GetUtcNow().AddDays(30))]);

        Assert.Equal(4, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
        Assert.Contains(NameOf(Today.AddDays(-400)), await ExposuresAsync());
        Assert.Contains(NameOf(Today.AddDays(30)), await ExposuresAsync());
    }

    [Fact]
    public async Task Events_on_both_sides_of_midnight_are_in_the_partitions_of_their_days()
    {
        await using var backplane = Create();
        var midnight = new DateTimeOffset(Today.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

        await backplane.DeliveredAsync([.. TestEvents.Exposures(1, at: midnight.AddTicks(-1)), .. TestEvents.Exposures(1, first: 1, at: midnight)]);

        Assert.Equal(
            [$"{NameOf(Today.AddDays(-1))}|u0", $"{NameOf(Today)}|u1"],
            await _database.PsqlAsync("SELECT tableoid::regclass, subject_id FROM dataplane.exposures ORDER BY subject_id"));
    }

    [Fact]
    public async Task Partitions_are_dropped_when_all_their_events_are_older_than_the_retention()
    {
        await using (var writer = Create())
        {
            foreach (var age in new[] { 1, 2, 3, 4, 30 })
            {
                await writer.DeliveredAsync(TestEvents.Exposures(1, first: age, at: _time.GetUtcNow().AddDays(-age)));
            }
        }

        await using var backplane = Create(new PostgreSqlDataBackplaneOptions { Retention = TimeSpan.FromDays(2), PartitionsAhead = 1 });
        await Eventually.Holds(async () => !(await ExposuresAsync()).Contains(NameOf(Today.AddDays(-3))));

        // The event that is two days old may have been published in the last moment of its day.
        Assert.Equal(["u1", "u2"], await _database.PsqlAsync("SELECT subject_id FROM dataplane.exposures ORDER BY 1"));
        Assert.Equal(2 * 8, await DroppedAsync(backplane) - 8);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_on_the_host_drops_nothing_that_is_young_by_the_servers()
    {
        await using (var writer = Create())
        {
            await writer.DeliveredAsync(TestEvents.Exposures(1, at: _time.GetUtcNow()));
        }

        _time.Advance(TimeSpan.FromDays(300));
        await using var backplane = Create(new PostgreSqlDataBackplaneOptions { Retention = TimeSpan.FromDays(2), PartitionsAhead = 1 });
        await Eventually.Holds(async () => (await ExposuresAsync()).Contains(NameOf(Today.AddDays(1))));
        await Eventually.Holds(async () => (await backplane.HealthAsync(TestContext.Current.CancellationToken)).IsHealthy);

        Assert.Equal(1, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
    }

    [Fact]
    public async Task A_partition_that_a_query_reads_is_dropped_later_and_holds_no_one_up()
    {
        await using (var writer = Create())
        {
            await writer.DeliveredAsync(TestEvents.Exposures(1, at: _time.GetUtcNow().AddDays(-9)));
        }

        await using var analyst = NpgsqlDataSource.Create(_database.ConnectionString);
        await using var connection = await analyst.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var query = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("SELECT count(*) FROM dataplane.exposures", connection))
        {
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }

        await using var backplane = Create(new PostgreSqlDataBackplaneOptions { Retention = TimeSpan.FromDays(2), PartitionsAhead = 1 });
        await Eventually.Holds(async () => await DroppedAsync(backplane) > 0);
        await backplane.DeliveredAsync(TestEvents.Exposures(1, first: 1, at: _time.GetUtcNow()));
        Assert.Contains(NameOf(Today.AddDays(-9)), await ExposuresAsync());

        await query.DisposeAsync();
        await _time.AdvanceUntil(() => !ExposuresAsync().GetAwaiter().GetResult().Contains(NameOf(Today.AddDays(-9))), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_partition_that_another_host_has_dropped_is_made_anew()
    {
        await using var backplane = Create();
        await backplane.DeliveredAsync(TestEvents.Exposures(1, at: _time.GetUtcNow()));
        await _database.PsqlAsync($"DROP TABLE {NameOf(Today)}");

        await backplane.DeliveredAsync(TestEvents.Exposures(2, first: 1, at: _time.GetUtcNow()));

        Assert.Equal(2, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
    }

    [Fact]
    public async Task A_partition_that_was_detached_is_named_with_the_remedy_and_its_events_wait()
    {
        await using var backplane = Create();
        var day = Today.AddDays(-20);
        await backplane.DeliveredAsync(TestEvents.Exposures(1, at: _time.GetUtcNow().AddDays(-20)));
        await _database.PsqlAsync($"ALTER TABLE dataplane.exposures DETACH PARTITION {NameOf(day)}");

        var result = await backplane.PublishAsync(TestEvents.Exposures(2, first: 1, at: _time.GetUtcNow().AddDays(-20)), TestContext.Current.CancellationToken);

        Assert.All(result.Statuses(2), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.Equal(
            $"The table {NameOf(day)} in PostgreSQL has the name of a partition but is not one, because it was detached. Rename it, or attach it again with ALTER TABLE ... ATTACH PARTITION"
            + $" (localhost:{_database.Server.Port}, database '{_database.Name}', role 'postgres', SQLSTATE 42P07).",
            result.Error!.Message);

        await _database.PsqlAsync($"ALTER TABLE {NameOf(day)} RENAME TO archived");
        await backplane.DeliveredAsync(TestEvents.Exposures(2, first: 1, at: _time.GetUtcNow().AddDays(-20)));
        Assert.Equal(2, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
    }

    [Fact]
    public async Task A_query_that_is_running_does_not_keep_a_new_day_from_being_written()
    {
        await using var backplane = Create();
        await backplane.DeliveredAsync(TestEvents.Exposures(1, at: _time.GetUtcNow()));
        await using var analyst = NpgsqlDataSource.Create(_database.ConnectionString);
        await using var connection = await analyst.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var query = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM dataplane.exposures", connection);
        await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);

        await backplane.DeliveredAsync(TestEvents.Exposures(1, first: 1, at: _time.GetUtcNow().AddDays(-50)));
    }

    [Fact]
    public async Task Hosts_that_need_the_same_partitions_at_once_all_get_them()
    {
        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: TestContext.Current.CancellationToken);
        var hosts = Enumerable.Range(0, 8).Select(_ => Create(new PostgreSqlDataBackplaneOptions { PartitionsAhead = 1 })).ToList();

        await Task.WhenAll(hosts.Select((host, number) => host.DeliveredAsync(TestEvents.Exposures(5, first: number * 5, at: _time.GetUtcNow().AddDays(-70 - (number % 2))))));

        Assert.Equal(40, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    private static string NameOf(DateOnly day) => $"dataplane.exposures_{day:yyyyMMdd}";

    private static async Task<long> DroppedAsync(PostgreSqlDataBackplane backplane) =>
        (long)(await backplane.HealthAsync(TestContext.Current.CancellationToken)).Diagnostics["dropped_partitions"];

    private PostgreSqlDataBackplane Create(PostgreSqlDataBackplaneOptions? options = null) => new(_database.Source, options ?? new() { PartitionsAhead = 1 }, _time);

    private async Task<string[]> ExposuresAsync() =>
        await _database.CountAsync("SELECT count(to_regclass('dataplane.exposures'))") == 0 ? [] : await _database.PsqlAsync(Partitions);
}
