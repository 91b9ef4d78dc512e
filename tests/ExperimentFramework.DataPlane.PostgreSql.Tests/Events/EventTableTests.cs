using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>The tables have the columns that docs/reference/columns.md promises, and the library writes all of them.</summary>
public sealed partial class EventTableTests(SharedServer server) : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Types = new()
    {
        ["uuid"] = "uuid",
        ["time"] = "timestamp with time zone",
        ["text"] = "text",
        ["name"] = "text",
        ["number"] = "double precision",
        ["integer"] = "bigint",
        ["boolean"] = "boolean",
        ["map"] = "jsonb",
        ["json"] = "jsonb",
    };

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        await PostgreSqlSchema.MigrateAsync(_database.Source);
    }

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task Every_table_has_the_columns_of_the_reference_with_their_types()
    {
        var sections = (await File.ReadAllTextAsync(Repository.File("docs/reference/columns.md"), TestContext.Current.CancellationToken)).Split("\n## ");
        var common = Columns(sections.Single(section => section.StartsWith("In every table", StringComparison.Ordinal)));
        foreach (var section in sections.Where(section => section.StartsWith('`')))
        {
            var table = section.Split('`')[1];
            var actual = await _database.PsqlAsync(
                $"SELECT column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns WHERE table_schema = 'dataplane' AND table_name = '{table}' ORDER BY ordinal_position");

            Assert.Equal([.. common, .. Columns(section)], actual);
        }
    }

    [Fact]
    public async Task Every_column_is_written()
    {
        foreach (var table in EventTables.All)
        {
            Assert.Equal(
                await _database.PsqlAsync($"SELECT column_name FROM information_schema.columns WHERE table_schema = 'dataplane' AND table_name = '{table.Name}' ORDER BY ordinal_position"),
                table.ColumnNames.Split(", "));
        }

        Assert.Equal(
            EventTables.All.Select(table => table.Name).Order(StringComparer.Ordinal),
            await _database.PsqlAsync("SELECT relname FROM pg_class WHERE relkind = 'p' AND relnamespace = 'dataplane'::regnamespace ORDER BY relname COLLATE \"C\""));
    }

    [Theory]
    [InlineData("2026-03-01T12:00:00.1234567Z", "2026-03-01 12:00:00.123456+00")]
    [InlineData("1970-01-01T00:00:00.0000009Z", "1970-01-01 00:00:00+00")]
    [InlineData("1999-12-31T23:59:59.9999999Z", "1999-12-31 23:59:59.999999+00")]
    [InlineData("2026-03-01T01:00:00+02:00", "2026-02-28 23:00:00+00")]
    public async Task Times_are_cut_to_microseconds_and_stored_in_utc(string published, string stored)
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        var time = DateTimeOffset.Parse(published, System.Globalization.CultureInfo.InvariantCulture);

        await backplane.DeliveredAsync(TestEvents.Exposures(1, at: time));

        Assert.Equal([stored], await _database.PsqlAsync("SET timezone = 'UTC'; SELECT ts FROM dataplane.exposures"));
    }

    [Fact]
    public async Task Json_keeps_what_looks_like_an_escaped_nul_character()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        var exposure = TestEvents.Exposures(1)[0];
        const string text = "\\u0000 \\\\u0000 \0 \\\0";

        await backplane.DeliveredAsync([exposure with { Metadata = new Dictionary<string, string> { ["key"] = text } }]);

        Assert.Equal([text.Replace('\0', '\ufffd')], await _database.PsqlAsync("SELECT metadata ->> 'key' FROM dataplane.exposures"));
    }

    private static IEnumerable<string> Columns(string section) => Row().Matches(section)
        .Select(row => $"{row.Groups[1].Value} {Types[row.Groups[2].Value]} {(row.Groups[3].Value == "yes" ? "YES" : "NO")}");

    [GeneratedRegex(@"(?m)^\| `(\w+)` \| (\w+) \| (\w*) ?\|")]
    private static partial Regex Row();
}
