using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

/// <summary>Several processes with one outbox, and the adoption of what a process that has ended left.</summary>
public sealed class OutboxProcessTests(SharedServer server) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeLogCollector _logs = new();
    private OpenOutboxes _outboxes = null!;

    public async ValueTask InitializeAsync() => _outboxes = new OpenOutboxes(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _outboxes?.DisposeAsync() ?? default;

    [Fact]
    public async Task Each_process_has_events_of_its_own_and_one_that_lives_is_left_alone()
    {
        var (one, two) = (Open(), Open());
        one.Append("d", 0, 3);
        two.Append("d", 0, 5);
        two.Register("d", "d", () => Assert.Fail("Nothing is to be adopted."));
        two.Start(_ => { });
        var before = _time.GetUtcNow();
        await _time.AdvanceUntil(() => _time.GetUtcNow() > before + TimeSpan.FromMinutes(5), OpenOutboxes.Round);

        Assert.Equal((3, 5), (one.Count("d"), two.Count("d")));
        Assert.Equal((3, 5), (one.Read("d").Count, two.Read("d").Count));
        one.Remove("d", OutboxEvents.Of(0, 3));
        Assert.Equal((0, 5), (one.Read("d").Count, two.Read("d").Count));
    }

    [Fact]
    public async Task What_a_killed_process_left_comes_before_what_this_one_has_in_its_order_and_wakes_the_destination()
    {
        var survivor = Open();
        survivor.Append("d", 5_000, 2);
        await LeaveAsync((0, 3), (10, 1_100));
        var woken = 0;
        survivor.Register("d", "d", () => Interlocked.Increment(ref woken));
        survivor.Start(_ => { });

        await _time.AdvanceUntil(() => Volatile.Read(ref woken) == 1 && _logs.Count == 1, OpenOutboxes.Round);

        Assert.Equal(1_105, survivor.Count("d"));
        Assert.Equal([.. OutboxEvents.Subjects(0, 3), .. OutboxEvents.Subjects(10, 1_100), .. OutboxEvents.Subjects(5_000, 2)], survivor.Read("d").Subjects());
        Assert.Equal(5_002, survivor.NextPosition("d"));
        var line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal((LogLevel.Information, "1103 events of a process that has ended were adopted from the outbox in PostgreSQL for destination d. This process delivers them."), (line.Level, line.Message));
        await _time.AdvanceUntil(() => Owners() == 1, OpenOutboxes.Round);
        Assert.Null(survivor.DegradedReason);
    }

    [Fact]
    public async Task A_removal_that_is_repeated_never_hits_an_event_that_was_adopted_since()
    {
        var survivor = Open();
        survivor.Append("d", 5_000, 1);
        var woken = 0;
        survivor.Register("d", "d", () => Interlocked.Increment(ref woken));
        survivor.Start(_ => { });
        await LeaveAsync((0, 3));
        await _time.AdvanceUntil(() => Volatile.Read(ref woken) == 1, OpenOutboxes.Round);
        var delivered = survivor.Read("d", 3);
        survivor.Remove("d", delivered);
        await LeaveAsync((10, 3));
        await _time.AdvanceUntil(() => Volatile.Read(ref woken) == 2, OpenOutboxes.Round);

        survivor.Remove("d", delivered);

        Assert.Equal([.. OutboxEvents.Subjects(10, 3), "u5000"], survivor.Read("d").Subjects());
    }

    [Fact]
    public async Task Of_many_processes_that_adopt_at_once_each_event_goes_to_one()
    {
        await LeaveAsync((0, 2_000));
        var survivors = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        foreach (var survivor in survivors)
        {
            survivor.Register("d", "d", () => { });
            survivor.Start(_ => { });
        }

        await _time.AdvanceUntil(() => survivors.Sum(survivor => survivor.Count("d")) == 2_000, OpenOutboxes.Round);

        Assert.Equal(OutboxEvents.Subjects(0, 2_000).Order(), survivors.SelectMany(survivor => survivor.Read("d").Subjects()).Order());
    }

    [Fact]
    public async Task What_has_no_room_stays_until_there_is_some()
    {
        await LeaveAsync((0, 40));
        var survivor = Open(new PostgreSqlOutboxOptions { MaxBytes = 4_096, MaxAge = OpenOutboxes.Year });
        survivor.Register("d", "d", () => { });
        survivor.Start(_ => { });
        var delivered = new List<string?>();
        var fullest = 0L;

        await _time.AdvanceUntil(
            () =>
            {
                var read = survivor.Read("d", 5);
                fullest = Math.Max(fullest, survivor.Count("d"));
                survivor.Remove("d", read);
                delivered.AddRange(read.Subjects());
                return delivered.Count == 40;
            },
            OpenOutboxes.Round);

        Assert.Equal(OutboxEvents.Subjects(0, 40).Order(), delivered.Order());
        Assert.InRange(fullest, 1, 39);
    }

    [Fact]
    public async Task What_is_adopted_leaves_half_of_the_outbox_to_the_events_of_this_process()
    {
        await LeaveAsync((0, 40));
        var size = await _outboxes.Database.CountAsync("SELECT max(size) FROM dataplane.outbox_events");
        var survivor = Open(new PostgreSqlOutboxOptions { MaxBytes = 20 * size, MaxAge = OpenOutboxes.Year });
        survivor.Register("d", "d", () => { });
        survivor.Start(_ => { });
        await _time.AdvanceUntil(() => survivor.Count("d") > 0, OpenOutboxes.Round);

        // A second round finds no room for more.
        var before = _time.GetUtcNow();
        await _time.AdvanceUntil(() => _time.GetUtcNow() > before + TimeSpan.FromMinutes(5), OpenOutboxes.Round);

        Assert.Equal(10, survivor.Count("d"));
        survivor.Append("d", 5_000, 9);
    }

    [Fact]
    public async Task An_event_that_is_larger_than_half_of_the_outbox_is_adopted_when_nothing_else_is_in_it()
    {
        await LeaveAsync((0, 3));
        await _outboxes.Database.PsqlAsync("UPDATE dataplane.outbox_events SET size = 3000");
        var survivor = Open(new PostgreSqlOutboxOptions { MaxBytes = 4_096, MaxAge = OpenOutboxes.Year });
        survivor.Register("d", "d", () => { });
        survivor.Start(_ => { });

        for (var number = 0; number < 3; number++)
        {
            await _time.AdvanceUntil(() => survivor.Count("d") == 1, OpenOutboxes.Round);
            var read = survivor.Read("d");
            Assert.Equal(OutboxEvents.Subjects(number, 1), read.Subjects());
            survivor.Remove("d", read);
        }
    }

    [Fact]
    public async Task Another_application_adopts_nothing()
    {
        await LeaveAsync((0, 3));
        var other = Open(application: "other");
        other.Register("d", "d", () => Assert.Fail("Nothing is to be adopted."));
        other.Start(_ => { });
        var before = _time.GetUtcNow();
        await _time.AdvanceUntil(() => _time.GetUtcNow() > before + TimeSpan.FromMinutes(5), OpenOutboxes.Round);

        Assert.Equal(0, other.Count("d"));
        Assert.Equal(3, await _outboxes.Database.CountAsync("SELECT count(*) FROM dataplane.outbox_events"));
    }

    [Fact]
    public async Task What_an_application_that_no_longer_runs_has_left_is_said_with_the_remedy_and_stays()
    {
        await LeaveAsync((0, 3));
        var other = Open(new PostgreSqlOutboxOptions { MaxAge = TimeSpan.FromHours(1) }, application: "renamed");
        Open(application: "living").Append("d", 0, 2);
        other.Start(_ => Assert.Fail("Nothing is to be dropped."));

        await _time.AdvanceUntil(() => _logs.Count > 0, OpenOutboxes.Round);

        var line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal((LogLevel.Warning, new EventId(189, "PostgreSqlOutboxAbandoned")), (line.Level, line.Id));
        Assert.Equal(
            "The outbox in PostgreSQL contains 3 events of application 'tests' that are older than 01:00:00, and no process of that application runs. They are neither delivered nor do they expire. If the application was renamed, set PostgreSqlOutboxOptions.Application to 'tests' in one of its processes until they are gone; otherwise delete them.",
            line.Message);
        Assert.Contains(other.Diagnostics, number => number is { Key: "abandoned:tests", Value: 3L });
        Assert.DoesNotContain(other.Diagnostics, number => number.Key == "abandoned:living");
        Assert.Equal(5, await _outboxes.Database.CountAsync("SELECT count(*) FROM dataplane.outbox_events"));

        // Said once, for as long as they are there.
        var before = _time.GetUtcNow();
        await _time.AdvanceUntil(() => _time.GetUtcNow() > before + TimeSpan.FromHours(3), OpenOutboxes.Round);
        Assert.Equal(1, _logs.Count);
    }

    [Fact]
    public async Task Events_of_a_destination_that_is_not_registered_are_said_stay_and_expire()
    {
        await LeaveAsync((0, 3));
        var survivor = Open(new PostgreSqlOutboxOptions { MaxAge = TimeSpan.FromHours(1) });
        var lost = new List<OutboxDrop>();
        survivor.Start(dropped =>
        {
            lock (lost)
            {
                lost.Add(dropped);
            }
        });

        // The first round needs no time to pass, and much time must not.
        await Eventually.Holds(() => survivor.DegradedReason is not null);
        Assert.Equal("The outbox contains events for destinations that are not registered: 3 for d.", survivor.DegradedReason);
        Assert.Contains(survivor.Diagnostics, number => number is { Key: "unregistered:d", Value: 3L });
        Assert.StartsWith("The outbox in PostgreSQL contains 3 events for destination d, which is not registered.", _logs.LatestRecord.Message, StringComparison.Ordinal);

        await _time.AdvanceUntil(() => survivor.DegradedReason is null, OpenOutboxes.Round);
        Assert.Equal(Enumerable.Repeat(("exp", "b", "outbox_expired"), 3), lost.Select(dropped => (dropped.ExperimentName, dropped.VariantKey, dropped.Reason)));
        Assert.True(_time.GetUtcNow() >= new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void An_event_that_is_too_old_is_dropped_when_it_is_read_and_not_before_the_clock_is_confirmed()
    {
        var outbox = Open(new PostgreSqlOutboxOptions { MaxAge = TimeSpan.FromHours(5) });
        outbox.Append("d", 0, 2);
        var lost = new List<string>();
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(2, outbox.Read("d", lost: lost).Count);
        outbox.Append("d", 2, 1);

        for (var minutes = 0; minutes < 299; minutes++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            outbox.Read("d", lost: lost);
        }

        Assert.Equal(["u2"], outbox.Read("d", lost: lost).Subjects());
        Assert.Equal(["exp/b/outbox_expired", "exp/b/outbox_expired"], lost);
        Assert.Equal(1, outbox.Count("d"));
    }

    [Fact]
    public async Task An_outbox_that_is_closed_empty_leaves_no_trace_and_no_lock()
    {
        var outbox = Open();
        outbox.Append("d", 0, 1);
        outbox.Remove("d", OutboxEvents.Of(0, 1));
        outbox.Dispose();

        Assert.Equal(0, await _outboxes.Database.CountAsync("SELECT count(*) FROM dataplane.outbox_owners"));
        Assert.Equal(0, await _outboxes.Database.CountAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
        Assert.Throws<ObjectDisposedException>(() => outbox.Append("d", 0, 1));
    }

    private long Owners() => _outboxes.Database.CountAsync("SELECT count(*) FROM dataplane.outbox_owners").GetAwaiter().GetResult();

    private PostgreSqlEventOutbox Open(PostgreSqlOutboxOptions? options = null, NpgsqlDataSource? source = null, string application = "tests") =>
        _outboxes.Open(options ?? new PostgreSqlOutboxOptions { MaxAge = OpenOutboxes.Year }, _time, new FakeLogger(_logs), application, source);

    /// <summary>Leaves events as a process that is killed does: its connections break, and it says no more.</summary>
    private async Task LeaveAsync(params (int First, int Count)[] events)
    {
        using var proxy = new CuttingProxy(_outboxes.Database.Server.Port);
        await using var source = NpgsqlDataSource.Create(_outboxes.Database.Server.ConnectionString(_outboxes.Database.Name, port: proxy.Port));
        var left = Open(source: source);
        foreach (var (first, count) in events)
        {
            left.Append("d", first, count);
        }

        proxy.Dispose();
        left.Dispose();
        await Eventually.Holds(async () => await _outboxes.Database.CountAsync(
            "SELECT count(*) FROM dataplane.outbox_owners WHERE NOT pg_try_advisory_xact_lock(hashtextextended('dataplane outbox dataplane ' || owner, 0))") <= _outboxes.CountWithEvents("d", except: left));
    }
}
