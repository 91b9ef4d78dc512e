using System.Runtime.Versioning;
using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>What becomes of the file: other processes, other owners, damage.</summary>
public sealed class EventFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();
    private readonly FakeLogCollector _logs = new();

    private string Path => _folder.File("events.db");

    [Fact]
    public async Task A_reader_sees_each_batch_as_soon_as_it_is_delivered_and_holds_up_nobody()
    {
        using var backplane = Open();
        using var reader = new SqliteConnection($"Data Source={Path};Mode=ReadOnly;Pooling=False");
        reader.Open();
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 10));
        using var snapshot = reader.BeginTransaction(deferred: true);
        Assert.Equal(10L, Count(reader, snapshot));

        await backplane.DeliverAsync(SqliteEvents.Exposures(10, 10));

        // What was read once in a transaction stays as it was; the next one reads what is there now.
        Assert.Equal(10L, Count(reader, snapshot));
        snapshot.Commit();
        Assert.Equal(20L, Count(reader, null));
    }

    [Theory]
    [InlineData("CREATE TRIGGER rule BEFORE INSERT ON exposures WHEN new.subject_id = 'u3' BEGIN SELECT RAISE(ABORT, 'u3 is refused'); END;", "A trigger that was added", "DROP TRIGGER rule;")]
    [InlineData("CREATE UNIQUE INDEX rule ON exposures (variant) WHERE subject_id IN ('u2', 'u3');", "UNIQUE constraint failed: exposures.variant", "DROP INDEX rule;")]
    [InlineData("ALTER TABLE exposures ADD COLUMN rule INTEGER CHECK (subject_id <> 'u3');", "CHECK constraint failed: subject_id <> 'u3'", "ALTER TABLE exposures DROP COLUMN rule;")]
    public async Task An_event_that_a_rule_of_the_user_refuses_waits_alone_until_the_rule_is_removed(string rule, string named, string removal)
    {
        using var backplane = Open();
        StoredEvents.Execute(Path, rule);

        var result = await backplane.PublishAsync(SqliteEvents.Exposures(0, 5), TestContext.Current.CancellationToken);

        Assert.Equal(
            [DeliveryStatus.Delivered, DeliveryStatus.Delivered, DeliveryStatus.Delivered, DeliveryStatus.TransientFailure, DeliveryStatus.Delivered],
            Enumerable.Range(0, 5).Select(index => result[index]));
        Assert.Contains(named, Assert.IsType<IOException>(result.Error).Message, StringComparison.Ordinal);
        Assert.Contains("Remove", result.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("u3 is", result.Error.Message, StringComparison.Ordinal);
        Assert.Equal(4, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
        StoredEvents.Execute(Path, removal);
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));
        Assert.Equal(5, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
    }

    [Fact]
    public async Task A_required_column_that_this_version_does_not_know_is_no_fault_of_the_event()
    {
        using var backplane = Open();
        var table = (string)StoredEventRows.Query(Path, "SELECT sql FROM sqlite_master WHERE name = 'exposures'").Single()[0]!;
        StoredEvents.Execute(Path, "DROP TABLE exposures; " + table.Replace("correlation_id TEXT,", "correlation_id TEXT, region TEXT NOT NULL,", StringComparison.Ordinal));

        var result = await backplane.PublishAsync(SqliteEvents.Exposures(0, 1), TestContext.Current.CancellationToken);

        Assert.Equal(DeliveryStatus.TransientFailure, result[0]);
        Assert.Contains("NOT NULL constraint failed: exposures.region", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_without_a_required_value_is_rejected_for_good_and_alone()
    {
        using var backplane = Open();
        var incomplete = SqliteEvents.Envelope(9, SqliteEvents.Exposure("u9", null!, SqliteEvents.Begin));

        var result = await backplane.PublishAsync([incomplete, .. SqliteEvents.Exposures(0, 1)], TestContext.Current.CancellationToken);

        Assert.Equal((DeliveryStatus.PermanentFailure, DeliveryStatus.Delivered), (result[0], result[1]));
        Assert.IsType<EventRejectedException>(result.Error);
    }

    [Fact]
    public async Task A_file_whose_tables_exist_is_opened_without_waiting_for_another_process_that_writes()
    {
        Open().Dispose();
        using var writer = new SqliteConnection($"Data Source={Path};Pooling=False");
        writer.Open();
        PreparedStatement.Execute(writer.Handle!, "BEGIN IMMEDIATE;");

        using var backplane = Open();

        PreparedStatement.Execute(writer.Handle!, "ROLLBACK;");
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 1));
    }

    [Fact]
    public async Task A_trigger_that_rolls_back_fails_the_whole_batch_until_it_is_removed()
    {
        using var backplane = Open();
        StoredEvents.Execute(Path, "CREATE TRIGGER rule BEFORE INSERT ON exposures WHEN new.subject_id = 'u3' BEGIN SELECT RAISE(ROLLBACK, 'refused'); END;");

        var error = await Assert.ThrowsAsync<IOException>(() => backplane.DeliverAsync(SqliteEvents.Exposures(0, 5)));

        Assert.Contains("A trigger that was added", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
        StoredEvents.Execute(Path, "DROP TRIGGER rule;");
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));
    }

    [Fact]
    public async Task An_account_is_stored_with_all_its_rows_or_with_none()
    {
        using var backplane = Open();
        StoredEvents.Execute(Path, "CREATE TRIGGER refuses BEFORE INSERT ON accounts WHEN new.line = 3 BEGIN SELECT RAISE(ABORT, 'refused'); END;");
        DataPlaneEnvelope[] events = [SqliteEvents.Envelope(1, SampleEvents.Accounting), .. SqliteEvents.Exposures(2, 1)];

        var result = await backplane.PublishAsync(events, TestContext.Current.CancellationToken);

        Assert.Equal((DeliveryStatus.TransientFailure, DeliveryStatus.Delivered), (result[0], result[1]));
        Assert.Equal(0, StoredEventRows.Count(Path, "SELECT count(*) FROM accounts"));
        StoredEvents.Execute(Path, "DROP TRIGGER refuses;");
        await backplane.DeliverAsync(events);
        Assert.Equal(SampleEvents.Accounting.Calls.Count * 4 + SampleEvents.Accounting.Published.Count + SampleEvents.Accounting.Drops.Count + 1, StoredEventRows.Count(Path, "SELECT count(*) FROM accounts"));
    }

    [Fact]
    public async Task A_file_that_another_process_has_locked_fails_with_the_reason_and_takes_the_batch_later()
    {
        using var backplane = Open();
        using (var other = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            other.Open();
            StoredEventsOf(other, "BEGIN IMMEDIATE;");

            var error = await Assert.ThrowsAsync<IOException>(() => backplane.DeliverAsync(SqliteEvents.Exposures(0, 5)));
            var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);

            Assert.Contains("locked by another process", error.Message, StringComparison.Ordinal);
            Assert.False(health.IsHealthy);
            Assert.Equal(error.Message, health.Description);
        }

        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));
        Assert.Equal(5, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
    }

    [Fact]
    public async Task A_file_that_was_deleted_is_noticed_and_a_new_one_is_written()
    {
        using var backplane = Open();
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));
        foreach (var file in _folder.Files())
        {
            File.Delete(_folder.File(file));
        }

        await backplane.DeliverAsync(SqliteEvents.Exposures(5, 5));

        Assert.Equal(["u5", "u6", "u7", "u8", "u9"], StoredEventRows.Query(Path, "SELECT subject_id FROM exposures ORDER BY event_id").Select(row => row[0]));
        Assert.Equal("EventFileReplaced", Assert.Single(_logs.GetSnapshot()).Id.Name);
    }

    [Fact]
    public async Task A_folder_that_was_removed_fails_with_the_remedy_until_it_is_there_again()
    {
        var folder = Directory.CreateDirectory(_folder.File("data")).FullName;
        var path = System.IO.Path.Combine(folder, "events.db");
        using var backplane = new SqliteDataBackplane(path);
        Directory.Delete(folder, recursive: true);

        var error = await Assert.ThrowsAsync<IOException>(() => backplane.DeliverAsync(SqliteEvents.Exposures(0, 5)));
        Assert.False((await backplane.HealthAsync(TestContext.Current.CancellationToken)).IsHealthy);
        Directory.CreateDirectory(folder);
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));

        Assert.Contains("folder exists", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, StoredEventRows.Count(path, "SELECT count(*) FROM exposures"));
        Assert.True((await backplane.HealthAsync(TestContext.Current.CancellationToken)).IsHealthy);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_file_is_set_aside_with_its_events_and_a_new_one_is_written(bool isOpen)
    {
        var backplane = Open();
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 2_000));
        StoredEvents.Execute(Path, "PRAGMA wal_checkpoint(TRUNCATE);");
        if (!isOpen)
        {
            backplane.Dispose();
        }

        await using (var file = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            // The header stays whole while the file is open: the damage is found by a write.
            file.Position = isOpen ? 4_096 : 0;
            file.Write(new byte[(int)file.Length - (int)file.Position]);
        }

        if (!isOpen)
        {
            backplane = Open();
        }

        try
        {
            await Eventually.Holds(async () =>
            {
                try
                {
                    return (await backplane.PublishAsync(SqliteEvents.Exposures(5_000, 5), TestContext.Current.CancellationToken)).Error is null;
                }
                catch (IOException)
                {
                    return false;
                }
            });
        }
        finally
        {
            backplane.Dispose();
        }

        Assert.Equal(5, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
        Assert.Contains(_folder.Files(), file => file.StartsWith("events.db.damaged-", StringComparison.Ordinal));
        Assert.Equal("EventFileDamaged", Assert.Single(_logs.GetSnapshot()).Id.Name);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        File.WriteAllText(Path, "notes");

        var error = Assert.Throws<InvalidOperationException>(Open);

        Assert.Contains(Path, error.Message, StringComparison.Ordinal);
        Assert.Equal("notes", File.ReadAllText(Path));
    }

    [Fact]
    public void An_outbox_is_refused_and_an_assignment_store_may_share_the_file()
    {
        using (new SqliteEventOutbox(_folder.File("outbox.db"), new SqliteOutboxOptions(), TimeProvider.System, new FakeLogger()))
        {
        }

        Assert.Contains("is an outbox", Assert.Throws<InvalidOperationException>(() => new SqliteDataBackplane(_folder.File("outbox.db"))).Message, StringComparison.Ordinal);
        using var backplane = Open();
        using var store = new SqliteAssignmentStore(Path);
        Assert.Null(store.Assign(new AssignmentKey("e", "u"), new StoredAssignment("b"), null, TimeSpan.FromSeconds(10)));
        Assert.Equal(new StoredAssignment("b"), store.Find(new AssignmentKey("e", "u"), TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void A_file_of_a_newer_version_is_refused()
    {
        Open().Dispose();
        StoredEvents.Execute(Path, "UPDATE schema_version SET version = 99 WHERE part = 'events';");

        Assert.Contains("has version 99", Assert.Throws<InvalidOperationException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_migrated_once_and_keeps_its_events()
    {
        using (var before = Open())
        {
            await before.DeliverAsync(SqliteEvents.Exposures(0, 5));
        }

        using var after = Open();
        await after.DeliverAsync(SqliteEvents.Exposures(3, 5));

        Assert.Equal(8, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
        Assert.Equal(
            [("event_views", 1L), ("events", 1L)],
            StoredEventRows.Query(Path, "SELECT part, version FROM schema_version ORDER BY part").Select(row => ((string)row[0]!, (long)row[1]!)));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Every_file_can_be_read_by_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has access rules of folders.");
        using var backplane = Open();
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));

        Assert.Equal(["events.db", "events.db-shm", "events.db-wal"], _folder.Files().Order(StringComparer.Ordinal));
        Assert.All(_folder.Files(), file => Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder.File(file))));
    }

    public void Dispose() => _folder.Dispose();

    private static long Count(SqliteConnection connection, SqliteTransaction? transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT count(*) FROM exposures";
        return (long)command.ExecuteScalar()!;
    }

    private static void StoredEventsOf(SqliteConnection connection, string script)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = script;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private SqliteDataBackplane Open() => new(Path, null, new FakeTimeProvider(SqliteEvents.Begin), new FakeLogger(_logs));
}
