using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>A full disk, a deleted or replaced file, an end in the midst of a call.</summary>
public sealed class OutboxDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(StoredEvents.Begin);
    private readonly FakeLogCollector _logs = new();
    private readonly List<string> _lost = [];

    [Fact]
    public void A_full_disk_refuses_a_batch_as_a_whole_and_loses_nothing_of_what_is_stored()
    {
        using var outbox = Open();
        var stored = 0;
        LimitPages(outbox, 40);
        var error = Assert.Throws<SqliteException>(() => Fill(outbox, ref stored));

        Assert.Equal(13, error.SqliteErrorCode);
        Assert.Empty(_lost);
        Assert.Equal(stored, outbox.Count("d"));
        Assert.Equal(stored, outbox.NextPosition("d"));
        Assert.Throws<SqliteException>(() => outbox.Append("d", stored, 10, _lost));
        Assert.Equal(stored, outbox.Read("d").Count);

        // Room again, and the same batch is stored.
        LimitPages(outbox, 1_000_000);
        Assert.Equal(10, outbox.Append("d", stored, 10, _lost));
        Assert.Equal(stored + 10, outbox.Read("d").Count);
        Assert.Empty(_lost);
    }

    [Fact]
    public void A_batch_that_fails_in_the_midst_is_undone_and_the_next_one_is_stored()
    {
        using (var outbox = Open())
        {
            outbox.Append("d", 0, 1);
        }

        StoredEvents.Execute(Path, "CREATE TRIGGER refuses BEFORE INSERT ON event WHEN new.position = 3 BEGIN SELECT RAISE(ABORT, 'refused'); END;");
        using var reopened = Open();
        Assert.Throws<SqliteException>(() => reopened.Append("d", 1, 5));

        Assert.Equal(1, reopened.Append("d", 10, 1));
        Assert.Equal(["subject-0@example.com", "subject-10@example.com"], reopened.Read("d").Subjects());
        Assert.Equal(2, reopened.Count("d"));
    }

    [Fact]
    public void What_is_removed_from_a_full_disk_makes_room()
    {
        using var outbox = Open();
        LimitPages(outbox, 40);
        var stored = 0;
        Assert.Throws<SqliteException>(() => Fill(outbox, ref stored));

        outbox.Remove("d", outbox.Read("d", 20));

        Assert.Equal(10, outbox.Append("d", stored, 10));
        Assert.Equal(stored - 10, outbox.Read("d").Count);
    }

    [Fact]
    public void Where_the_first_event_finds_no_room_none_is_taken_and_where_it_just_fits_it_is()
    {
        var size = System.Text.Encoding.UTF8.GetByteCount(DataPlaneJson.Serialize(StoredEvents.Envelope("subject-0@example.com")));
        using var outbox = Open(new SqliteOutboxOptions { MaxBytes = (20 * size) + size - 1 });

        Assert.Equal(10, outbox.Append("d", 0, 10));
        Assert.InRange(outbox.Append("d", 10, 30), 9, 10);
        Assert.Equal(0, outbox.Append("d", 40, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_is_deleted_or_replaced_while_it_is_open_is_noticed_and_no_event_is_lost(bool isReplaced)
    {
        using var outbox = Open();
        outbox.Append("d", 0, 5);
        outbox.Append("e", 0, 2);
        outbox.Register("d", "d", () => { });
        outbox.Register("e", "e", () => { });
        if (isReplaced)
        {
            using (var other = new SqliteEventOutbox(_folder.File("other.db"), new SqliteOutboxOptions(), _time, NullLogger.Instance))
            {
                other.Append("d", 3, 4);
            }

            File.Move(_folder.File("other.db"), Path, overwrite: true);
        }
        else
        {
            foreach (var file in _folder.Files())
            {
                File.Delete(_folder.File(file));
            }
        }

        Assert.Equal(1, outbox.Append("d", 5, 1));

        Assert.Equal(isReplaced ? 10 : 6, outbox.Count("d"));
        var read = outbox.Read("d");
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"subject-{i}@example.com"), read.Subjects()[^6..]);
        Assert.Equal(6, outbox.NextPosition("d"));
        Assert.True(File.Exists(Path));
        var line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Equal($"The outbox '{Path}' was deleted or replaced while it was open. Its events were moved to '{Path}'; none were lost.", line.Message);
        Assert.Null(outbox.DegradedReason);
        Assert.Equal(outbox.Read("d").Concat(outbox.Read("e")).Sum(queued => System.Text.Encoding.UTF8.GetByteCount(DataPlaneJson.Serialize(queued.Envelope))), outbox.Storage.Use(_ => outbox.Storage.Bytes));
        outbox.Dispose();
        using var reopened = Open();
        Assert.Equal(2, reopened.Count("e"));
        Assert.Equal(read.Subjects(), reopened.Read("d").Subjects());
    }

    [Fact]
    public void A_file_that_is_renamed_shortly_before_the_end_keeps_its_events()
    {
        using (var outbox = Open())
        {
            outbox.Append("d", 0, 5);
            File.Move(Path, _folder.File("moved.db"));
        }

        using var moved = new SqliteEventOutbox(_folder.File("moved.db"), new SqliteOutboxOptions(), _time, NullLogger.Instance);
        Assert.Equal(5, moved.Read("d").Count);
    }

    [Fact]
    public void A_file_that_cannot_be_created_anew_is_said_once_shows_in_health_and_is_tried_again()
    {
        Directory.CreateDirectory(_folder.File("sub"));
        using (var outbox = new SqliteEventOutbox(_folder.File("sub/outbox.db"), new SqliteOutboxOptions(), _time, new FakeLogger(_logs)))
        {
            outbox.Append("d", 0, 5);
            outbox.Register("d", "d", () => { });
            Directory.Move(_folder.File("sub"), _folder.File("gone"));

            Assert.Equal(5, outbox.Read("d").Count);
            Assert.Equal(1, outbox.Append("d", 5, 1));
            Assert.Contains("could not be recreated", outbox.DegradedReason, StringComparison.Ordinal);
            Assert.Single(_logs.GetSnapshot());

            Directory.CreateDirectory(_folder.File("sub"));
            Assert.Equal(6, outbox.Read("d").Count);
            Assert.Null(outbox.DegradedReason);
            Assert.Equal(2, _logs.GetSnapshot().Count);
            Directory.Delete(_folder.File("sub"), recursive: true);
        }

        Assert.Equal("6 events that existed only in the deleted file were lost.", _logs.LatestRecord.Message[^57..]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Dispose_waits_for_the_call_that_is_using_the_file_and_later_calls_say_that_it_is_closed()
    {
        for (var round = 0; round < 20; round++)
        {
            var path = _folder.File($"outbox-{round}.db");
            var outbox = new SqliteEventOutbox(path, new SqliteOutboxOptions(), _time, NullLogger.Instance);
            using var begun = new CountdownEvent(4);
            var calls = Enumerable.Range(0, 4).Select(caller => Task.Run(() =>
            {
                begun.Signal();
                try
                {
                    for (var i = 0; ; i++)
                    {
                        outbox.Append($"d{caller}", i, 1);
                        outbox.Remove($"d{caller}", outbox.Read($"d{caller}"));
                    }
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
            }, TestContext.Current.CancellationToken)).ToArray();
            Assert.True(begun.Wait(TimeSpan.FromSeconds(60)));
            outbox.Dispose();
            outbox.Dispose();

            await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.InRange(outbox.Count("d0"), 0, 1);
            Assert.False(File.Exists(path + "-wal"));
        }
    }

    [Fact]
    public async Task Damaged_copies_are_deleted_once_they_are_older_than_events_may_be()
    {
        File.WriteAllText(Path, "SQLite format 3" + new string('x', 5_000));
        File.WriteAllText(_folder.File("outbox.db.damaged-by-me"), "mine");
        File.WriteAllText(_folder.File("other.db.damaged-20200101T000000Z"), "another one's");
        using var outbox = Open(new SqliteOutboxOptions { MaxAge = TimeSpan.FromHours(2) });
        outbox.Start(_ => { });
        Assert.Contains("outbox.db.damaged-20260301T120000Z", _folder.Files());

        await _time.AdvanceUntil(() => _time.GetUtcNow() >= StoredEvents.Begin.AddHours(2), TimeSpan.FromSeconds(30));
        Assert.Contains("outbox.db.damaged-20260301T120000Z", _folder.Files());
        await _time.AdvanceUntil(() => !_folder.Files().Contains("outbox.db.damaged-20260301T120000Z"), TimeSpan.FromSeconds(30));

        Assert.Contains("outbox.db.damaged-by-me", _folder.Files());
        Assert.Contains("other.db.damaged-20200101T000000Z", _folder.Files());
    }

    [Theory]
    [InlineData(0, -9)]
    [InlineData(0, 3)]
    [InlineData(0, 4)]
    [InlineData(0, 5)]
    [InlineData(0, 100)]
    [InlineData(-100, -3)]
    public void Events_are_moved_in_front_of_a_position_and_keep_their_order(int first, int position)
    {
        using var outbox = Open();
        outbox.Append("d", first, 5);
        var before = outbox.Read("d").Subjects();

        outbox.Storage.Use(table =>
        {
            table.MoveBelow("d", position);
            return 0;
        });

        var after = outbox.Read("d");
        Assert.Equal(before, after.Subjects());
        Assert.True(after[^1].Position < position);
        if (first + 4 < position)
        {
            Assert.Equal(first, after[0].Position);
        }
    }

    [Theory]
    [InlineData(4_095, false)]
    [InlineData(4_096, true)]
    [InlineData(1L << 40, true)]
    [InlineData((1L << 40) + 1, false)]
    public void The_size_is_checked_at_its_edges(long bytes, bool isValid) =>
        Assert.Equal(isValid, new SqliteOutboxOptionsValidator().Validate(null, new SqliteOutboxOptions { MaxBytes = bytes }).Succeeded);

    [Theory]
    [InlineData("00:00:00", false)]
    [InlineData("00:00:00.0000001", true)]
    [InlineData("365.00:00:00", true)]
    [InlineData("365.00:00:00.0000001", false)]
    public void The_age_is_checked_at_its_edges(string age, bool isValid) =>
        Assert.Equal(isValid, new SqliteOutboxOptionsValidator().Validate(null, new SqliteOutboxOptions { MaxAge = TimeSpan.Parse(age, System.Globalization.CultureInfo.InvariantCulture) }).Succeeded);

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("outbox.db");

    private SqliteEventOutbox Open(SqliteOutboxOptions? options = null) => new(Path, options ?? new SqliteOutboxOptions(), _time, new FakeLogger(_logs));

    private void Fill(SqliteEventOutbox outbox, ref int stored)
    {
        while (stored < 100_000)
        {
            outbox.Append("d", stored, 10, _lost);
            stored += 10;
        }
    }

    private static void LimitPages(SqliteEventOutbox outbox, int pages) => outbox.Storage.Use(table =>
    {
        PreparedStatement.Execute(table.Handle, $"PRAGMA max_page_count = {pages};");
        return 0;
    });
}
