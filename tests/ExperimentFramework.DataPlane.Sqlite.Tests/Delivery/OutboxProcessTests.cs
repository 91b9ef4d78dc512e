using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>A file per process, and the adoption of what a process that has ended left in its own.</summary>
public sealed class OutboxProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(StoredEvents.Begin);
    private readonly FakeLogCollector _logs = new();

    [Fact]
    public void Each_takes_the_lowest_file_that_is_free()
    {
        var first = Open();
        using var second = Open();
        using var third = Open();
        Assert.Equal([File(1), File(2), File(3)], new[] { first, second, third }.Select(outbox => outbox.Storage.FilePath));
        first.Append("d", 0, 1);
        first.Dispose();

        using var next = Open();
        Assert.Equal(File(1), next.Storage.FilePath);
        Assert.Equal(1, next.Count("d"));
    }

    [Fact]
    public async Task What_an_ended_process_left_comes_before_what_this_one_has_in_its_order_and_wakes_the_destination()
    {
        using var survivor = Open();
        Leave((0, 3), (10, 1_100));
        survivor.Append("d", 7, 2);
        var woken = 0;
        survivor.Register("d", "d", () => Interlocked.Increment(ref woken));
        survivor.Start(_ => { });

        await _time.AdvanceUntil(() => Volatile.Read(ref woken) == 1 && _logs.Count == 1, TimeSpan.FromSeconds(30));

        Assert.Equal(1_105, survivor.Count("d"));
        Assert.Equal(
            [.. Enumerable.Range(0, 3).Concat(Enumerable.Range(10, 1_100)).Concat([7, 8]).Select(i => $"subject-{i}@example.com")],
            survivor.Read("d", 2_000).Subjects());
        Assert.Equal(9, survivor.NextPosition("d"));
        var line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Equal($"1103 events of a process that has ended were moved from '{File(2)}' to '{File(1)}'. This process delivers them.", line.Message);
        Assert.Equal(0L, StoredEvents.Execute(File(2), "SELECT count(*) FROM event;"));
    }

    [Fact]
    public async Task What_has_no_room_stays_where_it_is_until_there_is_some()
    {
        Leave((0, 40));
        using var blocker = Open(file: 2);
        using var survivor = Open(new SqliteOutboxOptions { MaxBytes = 10_000 });
        blocker.Dispose();
        survivor.Register("d", "d", () => { });
        survivor.Start(_ => { });
        var delivered = new List<string>();
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
            TimeSpan.FromSeconds(30));

        Assert.Equal(40, delivered.Distinct().Count());
        Assert.InRange(fullest, 5, 30);
    }

    [Fact]
    public async Task The_time_an_event_was_stored_is_kept_and_rows_that_cannot_be_read_are_counted_as_dropped()
    {
        using var survivor = Open(new SqliteOutboxOptions { MaxAge = TimeSpan.FromHours(5) });
        Leave((0, 2));
        StoredEvents.Execute(File(2), "UPDATE event SET envelope = x'00' WHERE position = 1;");
        _time.Advance(TimeSpan.FromHours(3));
        survivor.Register("d", "d", () => { });
        survivor.Start(_ => { });
        await _time.AdvanceUntil(() => survivor.Count("d") == 2, TimeSpan.FromSeconds(30));
        var lost = new List<string>();

        Assert.Single(survivor.Read("d", lost: lost));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Empty(survivor.Read("d", lost: lost));

        Assert.Equal(["exp/b/serialization", "exp/b/outbox_expired"], lost);
    }

    [Fact]
    public async Task A_file_of_a_process_that_lives_is_never_touched()
    {
        using var first = Open();
        using var second = Open();
        second.Append("d", 0, 5);
        first.Start(_ => { });
        await _time.AdvanceUntil(() => _time.GetUtcNow() >= StoredEvents.Begin.AddMinutes(10), TimeSpan.FromSeconds(30));

        Assert.Equal((0, 5), (first.Count("d"), second.Count("d")));
        Assert.Equal(5, second.Read("d").Count);
    }

    [Fact]
    public async Task A_damaged_file_of_a_process_that_has_ended_is_set_aside_and_said()
    {
        using var survivor = Open();
        System.IO.File.WriteAllText(File(2), "SQLite format 3" + new string('x', 5_000));
        survivor.Start(_ => { });

        await _time.AdvanceUntil(() => _logs.Count > 0, TimeSpan.FromSeconds(30));

        Assert.Equal(LogLevel.Error, _logs.LatestRecord.Level);
        Assert.Contains("of a process that has ended is damaged", _logs.LatestRecord.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Files(), file => file.StartsWith("outbox-2.db.damaged-20260301T", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_of_one_name_adopts_nothing()
    {
        using var outbox = new SqliteEventOutbox(File(1), new SqliteOutboxOptions(), _time, NullLogger.Instance);
        Leave((0, 3));
        outbox.Start(_ => { });
        await _time.AdvanceUntil(() => _time.GetUtcNow() >= StoredEvents.Begin.AddMinutes(10), TimeSpan.FromSeconds(30));

        Assert.Equal(0, outbox.Count("d"));
    }

    public void Dispose() => _folder.Dispose();

    private string File(int number) => _folder.File($"outbox-{number}.db");

    private SqliteEventOutbox Open(SqliteOutboxOptions? options = null, int? file = null) => new(
        file is { } number ? File(number) : _folder.File("outbox-{process}.db"), options ?? new SqliteOutboxOptions(), _time, new FakeLogger(_logs));

    /// <summary>Leaves events in the second file, as a process that has ended does.</summary>
    private void Leave(params (int First, int Count)[] events)
    {
        using var left = new SqliteEventOutbox(File(2), new SqliteOutboxOptions(), _time, NullLogger.Instance);
        foreach (var (first, count) in events)
        {
            left.Append("d", first, count);
        }
    }
}
