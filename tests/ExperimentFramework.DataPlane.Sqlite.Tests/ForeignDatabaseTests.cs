using System.Runtime.Versioning;
using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExperimentFramework.DataPlane.Sqlite.Tests;

/// <summary>A path that refers to the database of another program: it is refused, and no byte, mode or name of it changes.</summary>
public sealed class ForeignDatabaseTests : IDisposable
{
    private const UnixFileMode ForGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private static readonly DateTime Before = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string, string> Foreign
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var use in (string[])["events", "assignments", "the outbox"])
            {
                cases.Add(use, "CREATE TABLE customer (id INTEGER);", "with the table 'customer'");
                cases.Add(use, "PRAGMA journal_mode = WAL; CREATE TABLE customer (id INTEGER);", "with the table 'customer'");
                cases.Add(use, "CREATE TABLE schema_version (version INTEGER); CREATE TABLE customer (id INTEGER);", "with the table 'schema_version'");
                cases.Add(use, "CREATE TABLE schema_version (part TEXT, version INTEGER); INSERT INTO schema_version VALUES ('billing', 1);", "with the table 'schema_version'");
                cases.Add(use, "CREATE TABLE event (id INTEGER, destination TEXT); PRAGMA user_version = 1;", "with the table 'event'");
                cases.Add(use, "PRAGMA application_id = 1196444487; VACUUM;", "with the application id 1196444487");
            }

            return cases;
        }
    }

    private string Path => _folder.File("shop.db");

    [Theory]
    [MemberData(nameof(Foreign))]
    public void The_database_of_another_program_is_refused_before_anything_of_it_is_touched(string use, string script, string content)
    {
        StoredEvents.Execute(Path, script);
        var before = Look();

        var error = Assert.Throws<InvalidOperationException>(() => Open(use));

        Assert.Equal($"SQLite file '{Path}' is the database of another program, {content}, and was left as it is. Use another file for {use}; a file that does not exist is created.", error.Message);
        Assert.Equal(before, Look());
    }

    [Theory]
    [InlineData("events")]
    [InlineData("assignments")]
    [InlineData("the outbox")]
    public void A_write_ahead_log_that_another_program_has_left_stays_its_own(string use)
    {
        // What its process had not moved into the database when it ended.
        var source = _folder.File("living.db");
        using (var living = new SqliteConnection($"Data Source={source};Pooling=False"))
        {
            living.Open();
            using var command = living.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL; CREATE TABLE customer (id INTEGER);";
            command.ExecuteNonQuery();
            File.Copy(source, Path);
            File.Copy(source + "-wal", Path + "-wal");
        }

        var log = File.ReadAllBytes(Path + "-wal");
        var database = File.ReadAllBytes(Path);

        Assert.Contains("with the table 'customer'", Assert.Throws<InvalidOperationException>(() => Open(use)).Message, StringComparison.Ordinal);

        Assert.Equal(log, File.ReadAllBytes(Path + "-wal"));
        Assert.Equal(database, File.ReadAllBytes(Path));
        Assert.Equal(1L, StoredEvents.Execute(Path, "SELECT count(*) FROM customer UNION ALL SELECT 1 ORDER BY 1 DESC;"));
    }

    [Theory]
    [InlineData("events")]
    [InlineData("assignments")]
    [InlineData("the outbox")]
    public void A_file_that_never_was_a_database_is_refused_and_keeps_its_name_and_mode(string use)
    {
        File.WriteAllText(Path, "{ \"ConnectionStrings\": {} }");
        var before = Look();

        Assert.Contains(Path, Assert.Throws<InvalidOperationException>(() => Open(use)).Message, StringComparison.Ordinal);

        Assert.Equal(before, Look());
    }

    [Theory]
    [InlineData("events")]
    [InlineData("assignments")]
    [InlineData("the outbox")]
    public void An_empty_file_and_a_database_without_a_table_are_taken(string use)
    {
        File.WriteAllBytes(Path, []);
        Open(use);
        File.Delete(Path);
        StoredEvents.Execute(Path, "CREATE TABLE a (b INTEGER); DROP TABLE a;");

        Open(use);

        Assert.True((long)StoredEvents.Execute(Path, "SELECT count(*) FROM schema_version;")! > 0);
    }

    [Theory]
    [InlineData("events", "the outbox", "holds events or assignments. Use another file for the outbox.")]
    [InlineData("assignments", "the outbox", "holds events or assignments. Use another file for the outbox.")]
    [InlineData("the outbox", "events", "is an outbox. Use another file for events.")]
    [InlineData("the outbox", "assignments", "is an outbox. Use another file for assignments.")]
    public void An_outbox_shares_its_file_with_nothing(string first, string second, string message)
    {
        Open(first);

        Assert.Equal($"SQLite file '{Path}' {message}", Assert.Throws<InvalidOperationException>(() => Open(second)).Message);
    }

    public void Dispose() => _folder.Dispose();

    private void Open(string use)
    {
        using IDisposable opened = use switch
        {
            "events" => new SqliteDataBackplane(Path),
            "assignments" => new SqliteAssignmentStore(Path),
            _ => new SqliteEventOutbox(Path, new SqliteOutboxOptions(), TimeProvider.System, NullLogger.Instance),
        };
    }

    /// <summary>The files in the folder with their content, mode and time.</summary>
    private string[] Look()
    {
        if (!OperatingSystem.IsWindows())
        {
            SetMode();
        }

        return [.. _folder.Files().Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(File.ReadAllBytes(_folder.File(file)))} {Mode(file)} {File.GetLastWriteTimeUtc(_folder.File(file)):O}")];
    }

    /// <summary>Sets mode and time when looked at first, so that a change shows.</summary>
    [UnsupportedOSPlatform("windows")]
    private void SetMode()
    {
        if (_isPrepared)
        {
            return;
        }

        _isPrepared = true;
        File.SetUnixFileMode(Path, ForGroup);
        File.SetLastWriteTimeUtc(Path, Before);
    }

    private string Mode(string file) => OperatingSystem.IsWindows() ? "" : File.GetUnixFileMode(_folder.File(file)).ToString();

    private bool _isPrepared;
}
