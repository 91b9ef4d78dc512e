using System.Diagnostics;
using System.Text.RegularExpressions;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>That the pages are right: the commands of how-to/destinations/write-sqlite.md and the types of reference/columns.md.</summary>
public sealed partial class WriteSqlitePageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.File("events.db");

    [Fact]
    public async Task Every_command_of_the_page_runs_while_the_file_is_written_and_answers_what_it_says()
    {
        using var backplane = new SqliteDataBackplane(File);
        var now = DateTimeOffset.UtcNow;
        await backplane.DeliverAsync(
            SqliteEvents.Envelope(1, SqliteEvents.Exposure("u1", "b", now) with { Attributes = new Dictionary<string, object?> { ["country"] = "DE" } }),
            SqliteEvents.Envelope(2, SqliteEvents.Exposure("u2", "control", now.AddDays(-2))));
        var commands = Command().Matches(Page("how-to/destinations/write-sqlite.md")).ToList();

        var answers = commands.Select(command => StoredEventRows.Query(File, command.Groups["sql"].Value)).ToList();

        Assert.Equal(["exp", "v1", "b", 1L], answers[0][0][..4]);
        Assert.Equal(2, answers[0].Count);
        Assert.Equal(["u1", "DE"], Assert.Single(answers[1])[1..]);
        Assert.Equal(2, answers.Count);
        if (IsInstalled())
        {
            Assert.All(commands, command => Assert.Contains(command == commands[0] ? "control" : "DE", Run(command.Groups["options"].Value, command.Groups["sql"].Value, File), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Every_table_and_view_of_the_page_exists()
    {
        using var backplane = new SqliteDataBackplane(File);
        await backplane.DeliverAsync(SqliteEvents.Envelope(1, SampleEvents.Exposure));
        var names = TableRow().Matches(Page("how-to/destinations/write-sqlite.md")).SelectMany(row => Name().Matches(row.Groups[1].Value)).Select(name => name.Groups[1].Value).ToList();

        Assert.InRange(names.Count, 13, 20);
        Assert.All(names, name => StoredEventRows.Query(File, $"SELECT * FROM {name}"));
        Assert.Empty(StoredEventRows.Query(File, "SELECT name FROM sqlite_master WHERE type = 'view'").Select(row => (string)row[0]!).Except(names.Append("subject_metrics")));
    }

    [Fact]
    public void Columns_have_the_names_the_types_and_the_nulls_of_the_reference()
    {
        using var backplane = new SqliteDataBackplane(File);
        var page = Page("reference/columns.md");
        var common = Columns(page, "In every table").ToList();

        Assert.All(EventSchema.Tables, table => Assert.Equal(
            common.Concat(Columns(page, $"`{table}`")).Append("time TEXT null").Order(StringComparer.Ordinal),
            StoredEventRows.Query(File, $"SELECT name || ' ' || type || CASE WHEN \"notnull\" THEN '' ELSE ' null' END FROM pragma_table_xinfo('{table}')").Select(row => ((string)row[0]!).Replace(" GENERATED ALWAYS", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
    }

    public void Dispose() => _folder.Dispose();

    private static string Page(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "DataPlane.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return System.IO.File.ReadAllText(Path.Combine(folder, "docs", name));
    }

    private static IEnumerable<string> Columns(string page, string heading)
    {
        var start = page.IndexOf($"\n## {heading}\n", StringComparison.Ordinal) + 1;
        var end = page.IndexOf("\n## ", start, StringComparison.Ordinal);
        return ColumnRow().Matches(page[start..(end < 0 ? page.Length : end)]).Select(row => $"{row.Groups[1].Value} {Type(row.Groups[2].Value)}{(row.Groups[3].Value is "yes" or "SQLite" ? " null" : "")}");
    }

    private static string Type(string type) => type switch
    {
        "time" or "integer" or "boolean" => "INTEGER",
        "number" => "REAL",
        _ => "TEXT",
    };

    private static bool IsInstalled()
    {
        try
        {
            return Run("", "select 1").Length > 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Run(string options, string sql, string? file = null)
    {
        string[] arguments = [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), file ?? ":memory:", sql];
        using var process = Process.Start(new ProcessStartInfo("sqlite3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, process.StandardError.ReadToEnd());
        return answer;
    }

    [GeneratedRegex("""sqlite3 (?<options>[^"]*?) ?events\.db "(?<sql>[^"]+)"$""", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex("^\\| ((?:`[a-z_]+`(?:, )?)+) \\|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\| `([a-z_]+)` \| (\w+) \| (\w*) ?\|", RegexOptions.Multiline)]
    private static partial Regex ColumnRow();
}
