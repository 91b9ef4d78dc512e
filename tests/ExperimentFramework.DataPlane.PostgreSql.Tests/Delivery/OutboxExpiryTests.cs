using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

/// <summary>Which events of the outbox expire, and which of them are mentioned.</summary>
public sealed class OutboxExpiryTests(SharedServer server) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeLogCollector _logs = new();
    private OpenOutboxes _outboxes = null!;

    public async ValueTask InitializeAsync() => _outboxes = new OpenOutboxes(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _outboxes?.DisposeAsync() ?? default;

    [Fact]
    public void Expired_events_do_not_hide_those_behind_them()
    {
        var outbox = Open(TimeSpan.FromMinutes(10));
        outbox.Append("d", 0, 5);
        _time.Advance(TimeSpan.FromMinutes(11));
        outbox.Append("d", 5, 2);
        var lost = new List<string>();

        Assert.Equal(["u5"], outbox.Read("d", max: 1, lost).Subjects());
        Assert.Equal(Enumerable.Repeat("exp/b/outbox_expired", 5), lost);
    }

    [Fact]
    public async Task A_young_event_between_expired_ones_stays()
    {
        Leave("tests", count: 3);
        await _outboxes.Database.PsqlAsync("UPDATE dataplane.outbox_events SET stored_at = '2020-01-01' WHERE position <> 1");
        var survivor = Open(OpenOutboxes.Year);
        var lost = 0;

        survivor.Start(_ => Interlocked.Increment(ref lost));

        await _time.AdvanceUntil(() => Volatile.Read(ref lost) > 0 && survivor.DegradedReason?.Contains("1 for d", StringComparison.Ordinal) == true, OpenOutboxes.Round);
        Assert.Equal(2, lost);
        Assert.Equal(["1"], await _outboxes.Database.PsqlAsync("SELECT position FROM dataplane.outbox_events"));
    }

    [Fact]
    public async Task A_destination_that_is_not_registered_is_mentioned_once()
    {
        Leave("tests", count: 3);
        var survivor = Open(OpenOutboxes.Year);
        survivor.Start(_ => Assert.Fail("Nothing is to be dropped."));
        await _time.AdvanceUntil(() => survivor.DegradedReason is not null, OpenOutboxes.Round);
        Leave("tests", count: 2, "e");

        await _time.AdvanceUntil(() => survivor.DegradedReason!.Contains("2 for e", StringComparison.Ordinal), OpenOutboxes.Round);

        Assert.Equal(["3 events for destination d", "2 events for destination e"], _logs.GetSnapshot().Select(line => line.Message.Split("contains ")[1].Split(',')[0]));
    }

    [Fact]
    public async Task What_another_application_has_left_is_mentioned_when_it_is_old()
    {
        Leave("old", count: 3);
        Leave("young", count: 2);
        await _outboxes.Database.PsqlAsync("UPDATE dataplane.outbox_events SET stored_at = '2020-01-01' FROM dataplane.outbox_owners AS owners WHERE outbox_events.owner = owners.owner AND application = 'old' AND position > 0");
        var other = Open(OpenOutboxes.Year);
        other.Start(_ => Assert.Fail("Nothing is to be dropped."));

        await _time.AdvanceUntil(() => other.Diagnostics.Any(number => number.Key == "abandoned:old"), OpenOutboxes.Round);

        Assert.Contains(other.Diagnostics, number => number is { Key: "abandoned:old", Value: 2L });
        Assert.DoesNotContain(other.Diagnostics, number => number.Key == "abandoned:young");
    }

    [Fact]
    public async Task Positions_begin_at_0_also_when_only_adopted_events_are_left()
    {
        Leave("tests", count: 3);
        var survivor = Open(OpenOutboxes.Year);
        survivor.Register("d", "d", () => { });
        survivor.Start(_ => { });
        await _time.AdvanceUntil(() => survivor.Count("d") == 3, OpenOutboxes.Round);

        survivor.Remove("d", survivor.Read("d")[2..]);

        // The server has only adopted events, whose last position is below -1.
        survivor.Session.Use(_ =>
        {
            survivor.Session.Recount();
            return 0;
        });
        Assert.Equal(OutboxEvents.Subjects(0, 2), survivor.Read("d").Subjects());

        Assert.Equal((2, 0), (survivor.Count("d"), survivor.NextPosition("d")));
    }

    /// <summary>Leaves events as a process that ends does.</summary>
    private void Leave(string application, int count, string destination = "d")
    {
        using var left = Open(OpenOutboxes.Year, application);
        left.Append(destination, 0, count);
    }

    private PostgreSqlEventOutbox Open(TimeSpan maxAge, string application = "tests") =>
        _outboxes.Open(new PostgreSqlOutboxOptions { MaxAge = maxAge }, _time, new FakeLogger(_logs), application);
}
