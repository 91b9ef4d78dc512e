using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>A file that is renamed or replaced while it is open, without the write-ahead log next to it, which holds the latest events.</summary>
public sealed class MovedEventFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JumpingClock _time = new(SqliteEvents.Begin);
    private readonly FakeLogCollector _logs = new();

    private string Path => _folder.File("events.db");

    private string Moved => _folder.File("moved.db");

    [Fact]
    public void A_file_that_was_renamed_is_not_taken_for_a_deleted_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux reports it.");
        var folder = Directory.CreateTempSubdirectory("dataplane-moved-").FullName;
        var (renamed, deleted) = (System.IO.Path.Combine(folder, "renamed"), System.IO.Path.Combine(folder, "deleted"));
        using (new FileStream(renamed, FileMode.CreateNew))
        using (new FileStream(deleted, FileMode.CreateNew))
        {
            File.Move(renamed, renamed + ".old");
            File.Delete(deleted);

            Assert.False(MovedFile.IsDeleted(renamed));
            Assert.True(MovedFile.IsDeleted(deleted));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_file_that_is_renamed_while_it_is_open_keeps_its_events_and_a_new_file_gets_the_later_ones()
    {
        using (var backplane = Open())
        {
            await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));
            File.Move(Path, Moved);

            await backplane.DeliverAsync(SqliteEvents.Exposures(5, 5));
        }

        AssertHolds(Moved, 0, 5);
        AssertHolds(Path, 5, 5);
        Assert.Equal("EventFileReplaced", Assert.Single(_logs.GetSnapshot()).Id.Name);
    }

    [Fact]
    public async Task A_file_that_is_renamed_shortly_before_the_end_keeps_its_events()
    {
        using (var backplane = Open())
        {
            await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));
            File.Move(Path, Moved);
        }

        AssertHolds(Moved, 0, 5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_backup_that_is_moved_into_the_place_of_the_open_file_stays_whole_and_gets_the_later_events(bool isHealthCheckedFirst)
    {
        using (var backplane = Open())
        {
            await backplane.DeliverAsync(SqliteEvents.Exposures(0, 2_000));
            Backup();
            await backplane.DeliverAsync(SqliteEvents.Exposures(2_000, 2_000));
            File.Move(Path, Moved);
            File.Move(_folder.File("backup.db"), Path);

            if (isHealthCheckedFirst)
            {
                Assert.True((await backplane.HealthAsync(TestContext.Current.CancellationToken)).IsHealthy);
            }

            await backplane.DeliverAsync(SqliteEvents.Exposures(4_000, 5));
        }

        AssertHolds(Moved, 0, 4_000);
        Assert.Equal(2_005, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
        AssertWhole(Path);
        Assert.Equal("EventFileReplaced", Assert.Single(_logs.GetSnapshot()).Id.Name);
    }

    [Fact]
    public async Task Expired_events_are_deleted_from_a_backup_that_was_moved_into_the_place_of_the_open_file()
    {
        using (var backplane = Open(TimeSpan.FromHours(10)))
        {
            await backplane.DeliverAsync(SqliteEvents.Exposures(0, 2_000));
            Backup();
            await backplane.DeliverAsync(SqliteEvents.Exposures(2_000, 2_000));
            File.Move(Path, Moved);
            File.Move(_folder.File("backup.db"), Path);

            // The test reads the backup only after the destination has closed the first file: both would have the same log.
            await _time.AdvanceUntil(() => _logs.Count > 0, TimeSpan.FromMinutes(1));
            Assert.Equal("EventFileReplaced", Assert.Single(_logs.GetSnapshot()).Id.Name);
            await _time.AdvanceUntil(() => StoredEventRows.Count(Path, "SELECT count(*) FROM exposures") == 0, TimeSpan.FromMinutes(10));
            await backplane.DeliverAsync(SqliteEvents.Exposures(4_000, 5));
        }

        AssertHolds(Moved, 0, 4_000);
        AssertHolds(Path, 4_000, 5);
    }

    [Fact]
    public async Task Events_wait_while_a_reader_keeps_the_log_of_a_renamed_file_in_use()
    {
        using (var backplane = Open())
        {
            await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));
            using (var reader = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path};Pooling=False"))
            {
                reader.Open();
                PreparedStatement.Execute(reader.Handle!, "BEGIN; SELECT count(*) FROM exposures;");
                File.Move(Path, Moved);

                var error = await Assert.ThrowsAsync<IOException>(() => backplane.DeliverAsync(SqliteEvents.Exposures(5, 5)));
                Assert.Contains("locked by another process", error.Message, StringComparison.Ordinal);
                Assert.False(File.Exists(Path));
            }

            await backplane.DeliverAsync(SqliteEvents.Exposures(5, 5));
        }

        AssertHolds(Moved, 0, 5);
        AssertHolds(Path, 5, 5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_renamed_file_of_events_and_assignments_keeps_both_and_the_new_file_gets_both(bool isAssignmentFirst)
    {
        using (var store = new SqliteAssignmentStore(Path))
        using (var backplane = Open())
        {
            Assign(store, "u1");
            await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));
            File.Move(Path, Moved);

            if (isAssignmentFirst)
            {
                Assign(store, "u2");
            }

            await backplane.DeliverAsync(SqliteEvents.Exposures(5, 5));
            Assign(store, "u3");
            await backplane.DeliverAsync(SqliteEvents.Exposures(10, 5));
        }

        AssertHolds(Moved, 0, 5);
        AssertHolds(Path, 5, 10);
        AssertAssigned(Moved, "u1");
        AssertAssigned(Path, isAssignmentFirst ? ["u2", "u3"] : ["u3"]);
    }

    [Fact]
    public async Task A_backup_that_replaces_a_file_of_events_and_assignments_is_opened_when_both_have_closed_the_file()
    {
        using (var store = new SqliteAssignmentStore(Path))
        using (var backplane = Open())
        {
            Assign(store, "u1");
            await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));
            Backup();
            Assign(store, "u2");
            await backplane.DeliverAsync(SqliteEvents.Exposures(5, 5));
            File.Move(Path, Moved);
            File.Move(_folder.File("backup.db"), Path);

            var error = Assert.ThrowsAny<IOException>(() => Assign(store, "u3"));
            Assert.Contains("has not closed it yet", error.Message, StringComparison.Ordinal);
            await backplane.DeliverAsync(SqliteEvents.Exposures(5, 5));
            Assign(store, "u3");
        }

        AssertHolds(Moved, 0, 10);
        AssertHolds(Path, 0, 10);
        AssertAssigned(Moved, "u1", "u2");
        AssertAssigned(Path, "u1", "u3");
    }

    public void Dispose() => _folder.Dispose();

    private static void Assign(SqliteAssignmentStore store, string subject) =>
        Assert.Null(store.Assign(new AssignmentKey("exp", subject), new StoredAssignment("b"), null, TimeSpan.FromSeconds(10)));

    private static void AssertAssigned(string path, params string[] subjects) =>
        Assert.Equal(subjects, StoredEventRows.Query(path, "SELECT subject_id FROM assignment ORDER BY subject_id").Select(row => (string)row[0]!));

    private static void AssertHolds(string path, int first, int count)
    {
        Assert.Equal(
            Enumerable.Range(first, count).Select(number => $"u{number}"),
            StoredEventRows.Query(path, "SELECT subject_id FROM exposures ORDER BY event_id").Select(row => (string)row[0]!));
        AssertWhole(path);
    }

    private static void AssertWhole(string path) => Assert.Equal("ok", StoredEventRows.Query(path, "PRAGMA integrity_check").Single()[0]);

    private void Backup() => StoredEvents.Execute(Path, $"VACUUM INTO '{_folder.File("backup.db")}';");

    private SqliteDataBackplane Open(TimeSpan? retention = null) => new(Path, new SqliteDataBackplaneOptions { Retention = retention }, _time, new FakeLogger(_logs));
}
