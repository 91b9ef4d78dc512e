using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Assignment;

/// <summary>Assignments expire after their subject was last seen, and not before.</summary>
public sealed class AssignmentRetentionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly StoredAssignment Assigned = new("b", "v1");

    private readonly TemporaryFolder _folder = new();
    private readonly JumpingClock _time = new(StoredEvents.Begin);

    [Fact]
    public async Task A_subject_that_was_not_seen_for_the_retention_is_deleted_and_not_an_hour_before()
    {
        using var store = Open(TimeSpan.FromHours(30));
        store.Assign(Key("u1"), Assigned, null, Patience);
        await PassUntil(() => _time.GetUtcNow() >= StoredEvents.Begin.AddHours(29.9), TimeSpan.FromMinutes(10));
        Assert.Equal(1L, Rows());

        await PassUntil(() => Rows() == 0, TimeSpan.FromMinutes(10));

        Assert.InRange(_time.GetUtcNow() - StoredEvents.Begin, TimeSpan.FromHours(30), TimeSpan.FromHours(31));
        await PassUntil(() => (long)store.Diagnostics["expired_rows"] == 1, TimeSpan.Zero);
        Assert.Null(store.Find(Key("u1"), Patience));
    }

    /// <summary>In hours: each minute that passes is a run in the background, and a step of days queues thousands of them in front of the test.</summary>
    [Fact]
    public async Task A_subject_that_returns_is_kept_and_its_row_says_when_it_was_last_seen()
    {
        using var store = Open(TimeSpan.FromHours(30));
        store.Assign(Key("u1"), Assigned, null, Patience);
        store.Assign(Key("u2"), Assigned, null, Patience);
        for (var hour = 5; hour <= 60; hour += 5)
        {
            _time.Advance(TimeSpan.FromHours(5));
            Assert.Equal(Assigned, hour % 10 == 0 ? store.Find(Key("u1"), Patience) : store.Assign(Key("u1"), new StoredAssignment("c"), null, Patience));
            var seen = _time.GetUtcNow().ToUnixTimeMilliseconds();
            await PassUntil(() => LastSeen("u1") is var last && last >= seen && last <= _time.GetUtcNow().ToUnixTimeMilliseconds(), SmallStep);
        }

        await PassUntil(() => Rows() == 1, SmallStep);
        Assert.Equal(Assigned, store.Find(Key("u1"), Patience));
    }

    [Fact]
    public void A_sighting_that_is_written_late_does_not_set_a_row_back()
    {
        using var connection = new AssignmentFile(new SqliteDatabase(Path)).OpenOrBegin(Patience, StoredEvents.Begin, out _);
        connection.CompareAndSet(Key("u1"), Assigned, null, StoredEvents.Begin);
        foreach (var day in (int[])[2, 1, 0])
        {
            connection.See([Key("u1"), Key("nobody")], StoredEvents.Begin.AddDays(day));
            Assert.Equal(StoredEvents.Begin.AddDays(2).ToUnixTimeMilliseconds(), LastSeen("u1"));
        }

        connection.See([Key("u1")], StoredEvents.Begin.AddDays(3));
        Assert.Equal(StoredEvents.Begin.AddDays(3).ToUnixTimeMilliseconds(), LastSeen("u1"));
        Assert.Equal(1L, Rows());
    }

    [Fact]
    public void Sightings_wait_for_the_next_minute_and_no_more_than_ten_thousand_of_them()
    {
        const int Most = 10_000;
        var clock = new HandWoundClock();
        using var connection = new AssignmentFile(new SqliteDatabase(Path)).OpenOrBegin(Patience, StoredEvents.Begin, out _);
        var old = StoredEvents.Begin.AddDays(-2);
        Insert(Most + 500, old);
        using var retention = new AssignmentRetention(Path, TimeSpan.FromDays(30), clock, NonThrowingLogger.Of(new FakeLogger()), work => work(connection), () => { });
        See(1, Most + 500);
        Assert.Equal(0L, Seen());

        clock.Tick();
        Assert.True(SpinWait.SpinUntil(() => Seen() == Most, TimeSpan.FromMinutes(1)));

        // If more had waited, they would have been written before this one.
        See(Most + 500, Most + 500);
        clock.Tick();
        Assert.True(SpinWait.SpinUntil(() => LastSeen($"old-{Most + 500}") > old.ToUnixTimeMilliseconds(), TimeSpan.FromMinutes(1)));
        Assert.Equal(Most + 1L, Seen());

        void See(int first, int last)
        {
            for (var i = first; i <= last; i++)
            {
                retention.Saw(Key($"old-{i}"), old.ToUnixTimeMilliseconds());
            }
        }

        long Seen() => (long)StoredEvents.Execute(Path, $"SELECT count(*) FROM assignment WHERE last_seen_at > {old.ToUnixTimeMilliseconds()};")!;
    }

    [Fact]
    public async Task A_sighting_that_cannot_be_written_is_written_later()
    {
        var logs = new FakeLogCollector();
        using var store = new SqliteAssignmentStore(Path, null, _time, TimeSpan.FromDays(30), new FakeLogger<SqliteAssignmentStore>(logs));
        Insert(3, StoredEvents.Begin.AddDays(-3));
        StoredEvents.Execute(Path, "CREATE TRIGGER full BEFORE UPDATE ON assignment BEGIN SELECT RAISE(ABORT, 'the disk is full'); END;");
        for (var i = 1; i <= 3; i++)
        {
            store.Find(Key($"old-{i}"), Patience);
        }

        await PassUntil(() => logs.Count > 0, TimeSpan.FromMinutes(1));
        Assert.Equal(StoredEvents.Begin.AddDays(-3).ToUnixTimeMilliseconds(), LastSeen("old-1"));
        StoredEvents.Execute(Path, "DROP TRIGGER full;");

        await PassUntil(() => (long)StoredEvents.Execute(Path, "SELECT min(last_seen_at) FROM assignment;")! >= StoredEvents.Begin.ToUnixTimeMilliseconds(), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_subject_that_is_seen_all_the_time_is_noted_once_a_day()
    {
        using var store = Open(TimeSpan.FromDays(30));
        store.Assign(Key("u1"), Assigned, null, Patience);
        var begun = LastSeen("u1");
        await PassUntil(
            () =>
            {
                store.Find(Key("u1"), Patience);
                return _time.GetUtcNow() >= StoredEvents.Begin.AddHours(23);
            },
            TimeSpan.FromHours(1));
        Assert.Equal(begun, LastSeen("u1"));

        _time.Advance(TimeSpan.FromHours(1));
        store.Find(Key("u1"), Patience);
        await PassUntil(() => LastSeen("u1") > begun, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Thousands_are_deleted_in_steps_and_the_others_stay()
    {
        using var store = Open(TimeSpan.FromDays(30));
        Insert(2_300, StoredEvents.Begin.AddDays(-31));
        for (var i = 0; i < 50; i++)
        {
            store.Assign(Key($"new-{i}"), Assigned, null, Patience);
        }

        await PassUntil(() => (long)store.Diagnostics["expired_rows"] == 500, TimeSpan.FromMinutes(1));
        var begun = _time.GetUtcNow();
        await PassUntil(() => (long)store.Diagnostics["expired_rows"] == 2_300, TimeSpan.FromMilliseconds(20));

        Assert.True(_time.GetUtcNow() - begun < TimeSpan.FromMinutes(1));
        Assert.Equal(50L, Rows());
    }

    [Fact]
    public async Task A_clock_that_is_wrong_for_a_moment_deletes_nothing()
    {
        using var store = Open(TimeSpan.FromDays(30));
        store.Assign(Key("u1"), Assigned, null, Patience);
        await PassUntil(() => _time.GetUtcNow() >= StoredEvents.Begin.AddMinutes(5), TimeSpan.FromSeconds(30));
        for (var i = 0; i < 5; i++)
        {
            _time.Jump(TimeSpan.FromDays(400));
            _time.Advance(TimeSpan.FromSeconds(59));
            await Task.Delay(20, TestContext.Current.CancellationToken);
            _time.Jump(TimeSpan.FromDays(-400));
            _time.Advance(TimeSpan.FromSeconds(59));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal(1L, Rows());
    }

    [Fact]
    public void Rows_of_an_earlier_version_count_as_seen_when_they_are_migrated()
    {
        Open().Dispose();
        StoredEvents.Execute(
            Path,
            """
            DROP TABLE assignment;
            CREATE TABLE assignment (
                experiment TEXT NOT NULL, tenant TEXT NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL,
                variant TEXT NOT NULL, allocation_version TEXT, assigned_at INTEGER NOT NULL,
                PRIMARY KEY (experiment, tenant, subject_type, subject_id)) WITHOUT ROWID;
            INSERT INTO assignment VALUES ('e', '', '', 'u1', 'b', 'v1', 1);
            UPDATE schema_version SET version = 1;
            """);
        var before = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds();

        using var store = Open();

        Assert.Equal(Assigned, store.Find(Key("u1"), Patience));
        Assert.InRange(LastSeen("u1"), before, DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task What_fails_is_said_once_and_tried_again()
    {
        var logs = new FakeLogCollector();
        using var store = new SqliteAssignmentStore(Path, null, _time, TimeSpan.FromDays(30), new FakeLogger<SqliteAssignmentStore>(logs));
        Insert(1, StoredEvents.Begin.AddDays(-31));
        StoredEvents.Execute(Path, "CREATE TRIGGER full BEFORE DELETE ON assignment BEGIN SELECT RAISE(ABORT, 'the disk is full'); END;");
        await PassUntil(() => logs.Count > 0, TimeSpan.FromMinutes(1));
        await PassUntil(() => _time.GetUtcNow() > StoredEvents.Begin.AddHours(1), TimeSpan.FromMinutes(1));
        Assert.Equal((LogLevel.Warning, 1), (logs.LatestRecord.Level, logs.Count));

        StoredEvents.Execute(Path, "DROP TRIGGER full;");
        await PassUntil(() => Rows() == 0, TimeSpan.FromMinutes(1));
        Insert(1, StoredEvents.Begin.AddDays(-31));
        StoredEvents.Execute(Path, "CREATE TRIGGER full BEFORE DELETE ON assignment BEGIN SELECT RAISE(ABORT, 'the disk is full'); END;");
        await PassUntil(() => logs.Count == 2, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Nothing_runs_and_nothing_is_said_after_the_end()
    {
        var logs = new FakeLogCollector();
        var store = new SqliteAssignmentStore(Path, null, _time, TimeSpan.FromDays(30), new FakeLogger<SqliteAssignmentStore>(logs));
        store.Dispose();
        for (var minute = 0; minute < 10; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, logs.Count);
    }

    [Theory]
    [InlineData("00:59:59.9999999", false)]
    [InlineData("01:00:00", true)]
    [InlineData("3650.00:00:00", true)]
    [InlineData("3650.00:00:00.0000001", false)]
    public async Task The_retention_is_checked_at_start(string text, bool isValid)
    {
        var retention = TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSqliteAssignmentStore(_folder.File("other.db"));
        builder.Services.AddSqliteAssignmentStore(Path, options => options.Retention = retention);
        using var host = builder.Build();
        if (isValid)
        {
            await host.StartAsync();
            await host.StopAsync();
            new SqliteAssignmentStore(Path, retention: retention).Dispose();
            return;
        }

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Equal([$"SqliteAssignmentStoreOptions.Retention is {retention}; it must be from 1 hour to 3650 days."], error.Failures);
        Assert.Throws<ArgumentOutOfRangeException>(nameof(retention), () => new SqliteAssignmentStore(Path, retention: retention));
    }

    [Fact]
    public async Task The_container_passes_the_retention_on()
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time).AddSqliteAssignmentStore(Path, options => options.Retention = TimeSpan.FromDays(2));
        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IAssignmentStore>();
        Insert(1, StoredEvents.Begin.AddDays(-3));

        await PassUntil(() => Rows() == 0, TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromDays(365), new SqliteAssignmentStoreOptions().Retention);
    }

    /// <summary>While the disk is slow, steps of a minute would let the row expire before its sighting is written.</summary>
    private static readonly TimeSpan SmallStep = TimeSpan.FromSeconds(5);

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("assignments.db");

    private static AssignmentKey Key(string subject) => new("e", subject);

    private Task PassUntil(Func<bool> condition, TimeSpan step) => _time.AdvanceUntil(condition, step);

    private SqliteAssignmentStore Open(TimeSpan? retention = null) => new(Path, TimeSpan.FromSeconds(10), _time, retention);

    private long Rows() => (long)StoredEvents.Execute(Path, "SELECT count(*) FROM assignment;")!;

    private long LastSeen(string subject) => (long)StoredEvents.Execute(Path, $"SELECT last_seen_at FROM assignment WHERE subject_id = '{subject}';")!;

    private void Insert(int count, DateTimeOffset seenAt) => StoredEvents.Execute(
        Path,
        $"""
        INSERT INTO assignment WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
            SELECT 'e', '', '', 'old-' || i, 'b', 'v1', 0, {seenAt.ToUnixTimeMilliseconds()} FROM n;
        """);

    /// <summary>A clock whose only timer runs when the test says so.</summary>
    private sealed class HandWoundClock : TimeProvider
    {
        public Action Tick { get; private set; } = () => { };

        public override DateTimeOffset GetUtcNow() => StoredEvents.Begin;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Tick = () => callback(state);
            return new Held();
        }

        private sealed class Held : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
