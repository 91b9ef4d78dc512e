using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>Events are deleted when they are too old, and not before.</summary>
public sealed class EventRetentionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JumpingClock _time = new(SqliteEvents.Begin);
    private readonly FakeLogCollector _logs = new();

    private string Path => _folder.File("events.db");

    [Fact]
    public async Task Events_of_every_type_are_deleted_after_the_retention_and_not_an_hour_before()
    {
        using var backplane = Open(TimeSpan.FromHours(30));
        var number = 0;
        await backplane.DeliverAsync([.. SampleEvents.All.Select(payload => SqliteEvents.Envelope(++number, payload))]);
        await _time.AdvanceUntil(() => _time.GetUtcNow() >= SqliteEvents.Begin.AddHours(29.9), TimeSpan.FromMinutes(10));
        Assert.Equal(SampleEvents.All.Count, Events());

        await _time.AdvanceUntil(() => Events() == 0, TimeSpan.FromMinutes(10));

        Assert.InRange(_time.GetUtcNow() - SqliteEvents.Begin, TimeSpan.FromHours(30), TimeSpan.FromHours(31));
        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);
        Assert.InRange((long)health.Diagnostics["deletedRows"], SampleEvents.All.Count, 100);
    }

    [Fact]
    public async Task More_than_a_step_is_deleted_and_what_is_young_stays()
    {
        using var backplane = Open(TimeSpan.FromHours(1));
        await backplane.DeliverAsync([.. SqliteEvents.Exposures(0, 1_700).Select(envelope => envelope with { Timestamp = SqliteEvents.Begin.AddHours(-2) }), .. SqliteEvents.Exposures(5_000, 10)]);

        await _time.AdvanceUntil(() => Events() == 10, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_clock_that_is_wrong_for_a_moment_deletes_nothing()
    {
        using var backplane = Open(TimeSpan.FromHours(1));
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 10));
        await _time.AdvanceUntil(() => _time.GetUtcNow() >= SqliteEvents.Begin.AddMinutes(10), TimeSpan.FromMinutes(1));

        _time.Jump(TimeSpan.FromDays(365));
        await _time.AdvanceUntil(() => _time.GetUtcNow() >= SqliteEvents.Begin.AddDays(365).AddMinutes(10).AddSeconds(50), TimeSpan.FromSeconds(10));
        _time.Jump(TimeSpan.FromDays(-365));
        await _time.AdvanceUntil(() => _time.GetUtcNow() >= SqliteEvents.Begin.AddMinutes(20), TimeSpan.FromMinutes(1));

        Assert.Equal(10, Events());
    }

    [Fact]
    public async Task A_clock_that_goes_back_an_hour_loses_and_doubles_nothing_and_deletes_what_is_old_by_the_new_time()
    {
        using var backplane = Open(TimeSpan.FromHours(30));
        for (var batch = 0; batch < 5; batch++)
        {
            var events = SqliteEvents.Exposures(batch * 10, 10);
            await backplane.DeliverAsync(events);
            _time.Jump(TimeSpan.FromHours(-1));
            var until = _time.GetUtcNow().AddMinutes(5);
            await _time.AdvanceUntil(() => _time.GetUtcNow() >= until, TimeSpan.FromMinutes(1));
            await backplane.DeliverAsync(events);
        }

        Assert.Equal(50, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));

        await _time.AdvanceUntil(() => Events() == 0, TimeSpan.FromMinutes(10));

        Assert.InRange(_time.GetUtcNow() - SqliteEvents.Begin, TimeSpan.FromHours(30), TimeSpan.FromHours(31));
    }

    [Fact]
    public async Task A_deletion_that_fails_is_logged_once_degrades_health_and_is_tried_again()
    {
        using var backplane = Open(TimeSpan.FromHours(1));
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 10));
        StoredEvents.Execute(Path, "CREATE TRIGGER refuses BEFORE DELETE ON exposures BEGIN SELECT RAISE(ABORT, 'refused'); END;");

        await _time.AdvanceUntil(() => _logs.Count > 0 && _time.GetUtcNow() >= SqliteEvents.Begin.AddHours(3), TimeSpan.FromMinutes(1));
        var line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal("EventRetentionFailed", line.Id.Name);
        Assert.Contains("A trigger that was added", line.Exception!.Message, StringComparison.Ordinal);
        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);
        Assert.True(health is { IsHealthy: true, IsDegraded: true });
        Assert.Contains("Retention cannot be deleted: A trigger that was added", health.Description, StringComparison.Ordinal);
        StoredEvents.Execute(Path, "DROP TRIGGER refuses;");

        await _time.AdvanceUntil(() => Events() == 0, TimeSpan.FromMinutes(1));
        await Eventually.Holds(async () => await backplane.HealthAsync(TestContext.Current.CancellationToken) is { IsHealthy: true, IsDegraded: false });
    }

    public void Dispose() => _folder.Dispose();

    private SqliteDataBackplane Open(TimeSpan retention) => new(Path, new SqliteDataBackplaneOptions { Retention = retention }, _time, new FakeLogger(_logs));

    private long Events() => EventSchema.Tables.Sum(table => StoredEventRows.Count(Path, $"SELECT count(DISTINCT event_id) FROM {table}"));
}
