using System.Runtime.Versioning;
using System.Text;
using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests;

/// <summary>Files hold subject ids: their owner alone reads them, and what was deleted or delivered is not in them any more.</summary>
public sealed class PrivateFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode ForAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(StoredEvents.Begin);

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Every_file_of_store_and_outbox_can_be_read_by_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has access rules of folders.");
        using var store = new SqliteAssignmentStore(_folder.File("assignments.db"));
        store.Assign(new AssignmentKey("e", "u"), new StoredAssignment("b"), null, Patience);
        using var outbox = Open("outbox.db");
        outbox.Append("d", 0, 1);

        string[] files = [.. _folder.Files().Order(StringComparer.Ordinal)];

        Assert.Equal(["assignments.db", "assignments.db-shm", "assignments.db-wal", "outbox.db", "outbox.db-wal"], files);
        Assert.All(files, file => Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder.File(file))));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Files_of_earlier_versions_and_damaged_copies_are_restricted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has access rules of folders.");
        using (Open("old.db"))
        using (new SqliteAssignmentStore(_folder.File("assignments.db")))
        {
        }

        File.WriteAllText(_folder.File("damaged.db"), "SQLite format 3" + new string('x', 5_000));
        File.WriteAllText(_folder.File("damaged.db-wal"), "x");
        foreach (var file in _folder.Files())
        {
            File.SetUnixFileMode(_folder.File(file), ForAll);
        }

        using var old = Open("old.db");
        using var store = new SqliteAssignmentStore(_folder.File("assignments.db"));
        using var begun = Open("damaged.db");

        Assert.Contains("damaged.db.damaged-20260301T120000Z", _folder.Files());
        Assert.All(_folder.Files(), file => Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder.File(file))));
    }

    [Fact]
    public void A_damaged_file_is_set_aside_with_the_files_next_to_it_and_never_over_an_earlier_copy()
    {
        for (var copy = 0; copy < 3; copy++)
        {
            File.WriteAllText(_folder.File("a.db"), $"database {copy}");
            File.WriteAllText(_folder.File("a.db-wal"), $"log {copy}");
            File.WriteAllText(_folder.File("a.db-shm"), $"memory {copy}");
            DamagedFile.SetAside(_folder.File("a.db"), StoredEvents.Begin);
        }

        Assert.Equal(
            ["", "-2", "-2-shm", "-2-wal", "-3", "-3-shm", "-3-wal", "-shm", "-wal"],
            _folder.Files().Select(file => file.Replace("a.db.damaged-20260301T120000Z", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal("log 1", File.ReadAllText(_folder.File("a.db.damaged-20260301T120000Z-2-wal")));
        DamagedFile.DeleteBefore(_folder.File("a.db"), StoredEvents.Begin);
        Assert.Equal(9, _folder.Files().Count);
        DamagedFile.DeleteBefore(_folder.File("a.db"), StoredEvents.Begin.AddSeconds(1));
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public void What_was_delivered_is_in_no_file_while_the_outbox_is_open()
    {
        using var outbox = Open("outbox.db");
        for (var i = 0; i < 20; i++)
        {
            outbox.Append("d", i * 100, 100);
        }

        Assert.True(CountOf("@example.com") >= 2_000);
        while (outbox.Read("d", 100) is { Count: > 0 } read)
        {
            outbox.Remove("d", read);
        }

        Assert.Equal(0, CountOf("@example.com"));
    }

    [Fact]
    public async Task What_was_delivered_is_erased_within_half_a_minute_where_other_events_still_wait()
    {
        using var outbox = Open("outbox.db");
        outbox.Register("d", "d", () => { });
        outbox.Register("down", "down", () => { });
        outbox.Start(_ => { });
        outbox.Append("d", 0, 500);
        outbox.Append("down", 0, 1, []);
        outbox.Remove("d", outbox.Read("d"));

        await _time.AdvanceUntil(() => CountOf("subject-499@") == 0, TimeSpan.FromSeconds(30));

        Assert.Equal(0, CountOf("subject-3"));
        Assert.Equal(1, outbox.Count("down"));
    }

    [Fact]
    public void What_an_earlier_version_delivered_is_erased_when_its_file_is_opened()
    {
        using (var outbox = Open("outbox.db"))
        {
            outbox.Append("d", 0, 200);
        }

        // As version 1 did: nothing is overwritten.
        StoredEvents.Execute(_folder.File("outbox.db"), "PRAGMA secure_delete = OFF; DELETE FROM event WHERE position > 0; UPDATE schema_version SET version = 1;");
        Assert.True(CountOf("@example.com") > 100);

        using var reopened = Open("outbox.db");
        reopened.Append("d", 1, 1);
        reopened.Remove("d", reopened.Read("d"));
        reopened.Register("Namespace.d", "d", () => { });
        reopened.Remove("Namespace.d", reopened.Read("Namespace.d"));

        Assert.Equal(0, CountOf("@example.com"));
    }

    [Fact]
    public async Task A_forgotten_subject_is_in_no_file()
    {
        using var store = new SqliteAssignmentStore(_folder.File("assignments.db"));
        foreach (var experiment in (string[])["a", "b"])
        {
            await store.AssignAsync(new AssignmentKey(experiment, "anna@example.com"), new StoredAssignment("b"), null);
            await store.AssignAsync(new AssignmentKey(experiment, "bob@example.com"), new StoredAssignment("b"), null);
        }

        Assert.Equal(2, await store.ForgetAsync("anna@example.com"));

        Assert.Equal(0, CountOf("anna@example.com"));
        Assert.True(CountOf("bob@example.com") > 0);
    }

    [Fact]
    public async Task A_subject_that_has_expired_is_in_no_file()
    {
        using var store = new SqliteAssignmentStore(_folder.File("assignments.db"), Patience, _time, TimeSpan.FromDays(1));
        store.Assign(new AssignmentKey("e", "anna@example.com"), new StoredAssignment("b"), null, Patience);
        Assert.True(CountOf("anna@example.com") > 0);

        await _time.AdvanceUntil(() => _time.GetUtcNow() > StoredEvents.Begin.AddDays(1) && CountOf("anna@example.com") == 0, TimeSpan.FromMinutes(30));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_reader_kept_in_the_log_is_erased_in_the_minute_after_it_has_ended(bool isForgotten)
    {
        using var store = new SqliteAssignmentStore(_folder.File("assignments.db"), TimeSpan.FromMilliseconds(1), _time, TimeSpan.FromHours(1));
        store.Assign(new AssignmentKey("e", "anna@example.com"), new StoredAssignment("b"), null, Patience);
        using (var reader = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder.File("assignments.db")};Pooling=False"))
        {
            reader.Open();
            using var transaction = reader.BeginTransaction(deferred: true);
            using var command = reader.CreateCommand();
            command.CommandText = "SELECT count(*) FROM assignment;";
            Assert.Equal(1L, command.ExecuteScalar());
            if (isForgotten)
            {
                Assert.Equal(1, await store.ForgetAsync("anna@example.com"));
            }
            else
            {
                await _time.AdvanceUntil(() => (long)store.Diagnostics["expired_rows"] == 1, TimeSpan.FromMinutes(1));
            }

            Assert.True(CountOf("anna@example.com") > 0);
        }

        await _time.AdvanceUntil(() => CountOf("anna@example.com") == 0, TimeSpan.FromMinutes(1));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_file_that_is_there_is_restricted_with_the_files_that_sqlite_keeps_next_to_it_and_with_no_others()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has access rules of folders.");
        string[] own = ["a.db", "a.db-journal", "a.db-shm", "a.db-wal"];
        string[] others = ["a.db-other", "b.db"];
        foreach (var file in own.Concat(others))
        {
            File.WriteAllText(_folder.File(file), "x");
            File.SetUnixFileMode(_folder.File(file), ForAll);
        }

        PrivateFile.Restrict(_folder.File("a.db"));
        PrivateFile.Create(_folder.File("a.db"));
        PrivateFile.Create(_folder.File("new.db"));

        Assert.All(own.Append("new.db"), file => Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder.File(file))));
        Assert.All(others, file => Assert.Equal(ForAll, File.GetUnixFileMode(_folder.File(file))));
        Assert.Equal(own.Concat(others).Append("new.db").Order(StringComparer.Ordinal), _folder.Files().Order(StringComparer.Ordinal));
        Assert.Equal("x", File.ReadAllText(_folder.File("a.db")));
    }

    [Fact]
    public void Every_connection_overwrites_what_it_deletes()
    {
        var database = new SqliteDatabase(_folder.File("assignments.db"));
        using var first = database.OpenFirst(DatabaseUse.OfAssignments, Patience);
        using var further = database.Open(Patience);
        Assert.All([first, further], connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA secure_delete;";
            Assert.Equal(1L, command.ExecuteScalar());
        });
    }

    [Fact]
    public void An_outbox_that_is_empty_again_gives_the_disk_back()
    {
        using var outbox = Open("outbox.db");
        outbox.Append("d", 0, 2_000);
        outbox.Remove("d", outbox.Read("d", 2_000));

        Assert.InRange(new FileInfo(_folder.File("outbox.db")).Length, 1, 50_000);
    }

    public void Dispose() => _folder.Dispose();

    private SqliteEventOutbox Open(string name) => new(_folder.File(name), new SqliteOutboxOptions(), _time, NullLogger.Instance);

    /// <summary>How often a text is in the raw files.</summary>
    private int CountOf(string text)
    {
        var count = 0;
        foreach (var file in _folder.Files())
        {
            ReadOnlySpan<byte> rest = ReadShared(_folder.File(file));
            var sought = Encoding.UTF8.GetBytes(text);
            while (rest.IndexOf(sought) is >= 0 and var index)
            {
                count++;
                rest = rest[(index + sought.Length)..];
            }
        }

        return count;
    }

    /// <summary>By another process: to open and close the file in this one would release SQLite's locks on it.</summary>
    private static byte[] ReadShared(string path)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true })!;
        using var bytes = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        process.WaitForExit();
        return bytes.ToArray();
    }
}
