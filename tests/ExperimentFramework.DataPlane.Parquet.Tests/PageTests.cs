using System.Text.RegularExpressions;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>That the pages are right: the queries of how-to/destinations/write-parquet.md and the types of reference/columns.md.</summary>
public sealed partial class PageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DuckDb _duckDb = new();

    public void Dispose()
    {
        _duckDb.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_query_of_the_page_runs_and_answers_what_it_says()
    {
        await WriteAsync();
        var answers = Queries().Select(query => _duckDb.Query(query)).ToList();

        Assert.Equal(["exp|v1|b|1", "exp|v1|control|2"], answers[0]);
        Assert.Equal(["DE|1", "FR|2"], answers[1]);
        Assert.Equal(["0a1b2c3d4e5|dropped|Error|2", "0a1b2c3d4e5|dropped|Exposure|1", "0a1b2c3d4e5|published|Exposure|4"], answers[2]);
        Assert.Contains("dataplane/column/arm|The variant to count by: the assigned variant.", answers[3]);
        Assert.Equal(["exp|3"], answers[4]);
        Assert.Equal(["3|3"], answers[5]);
        Assert.Equal(6, answers.Count);
    }

    [Fact]
    public async Task Events_that_arrived_twice_count_once_in_the_answers_of_the_page()
    {
        DataPlaneEnvelope[] events = [.. Events().Select(SampleEvents.Envelope)];
        await WriteAsync(events);
        await WriteAsync(events);

        Assert.Equal(["exp|v1|b|1", "exp|v1|control|2"], Answer(0));
        Assert.Equal(["DE|1", "FR|2"], Answer(1));
        Assert.Equal(["0a1b2c3d4e5|dropped|Error|2", "0a1b2c3d4e5|dropped|Exposure|1", "0a1b2c3d4e5|published|Exposure|4"], Answer(2));
    }

    [Fact]
    public async Task An_id_of_the_page_counts_once_by_its_first_exposure_with_a_random_assignment_of_any_tenant()
    {
        ExposureEvent Exposure(string? tenant, string variant, int minute, string? version = "v1") => SampleEvents.Exposure with
        {
            SubjectId = "u1", TenantId = tenant, VariantKey = variant, AssignedVariantKey = null, AllocationVersion = version, Timestamp = SampleEvents.Exposure.Timestamp.AddMinutes(minute),
        };
        await WriteAsync(
        [
            .. new[] { Exposure("a", "b", 2), Exposure("a", "control", 1), Exposure("b", "b", 3), Exposure(null, "b", 4), Exposure("c", "b", 0, null) }.Select(SampleEvents.Envelope),
        ]);

        Assert.Equal(["exp|v1|control|1"], Answer(0));
    }

    [Fact]
    public async Task Columns_have_the_names_and_types_of_the_reference()
    {
        await WriteAsync();
        var page = Page("reference/columns.md");
        var common = Columns(page, "In every table").ToList();

        Assert.All(["exposures", "assignments", "outcomes", "metrics", "analysis_signals", "errors", "accounts"], table => Assert.Equal(
            common.Concat(Columns(page, $"`{table}`")).Append("exact_values JSON").Append("ts_100ns INTEGER").Order(StringComparer.Ordinal),
            _duckDb.Query($"describe select * from '{_folder.Path}/{table}/*.parquet'").Select(row => string.Join(' ', row.Split('|')[..2])).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_column_may_be_null_where_the_reference_says_so()
    {
        await WriteAsync();
        var page = Page("reference/columns.md");
        var common = Nulls(page, "In every table").ToList();

        // Children of a map follow it, and are none of the columns.
        Assert.All(["exposures", "assignments", "outcomes", "metrics", "analysis_signals", "errors", "accounts"], table => Assert.Equal(
            common.Concat(Nulls(page, $"`{table}`")).Append("exact_values OPTIONAL").Append("ts_100ns REQUIRED").Order(StringComparer.Ordinal),
            _duckDb.Query($"select name, repetition_type from parquet_schema('{_folder.Path}/{table}/*.parquet') where name not in ('schema', 'key_value', 'key') and not (name = 'value' and type = 'BYTE_ARRAY')")
                .Select(row => row.Replace('|', ' ')).Order(StringComparer.Ordinal)));
    }

    private static IEnumerable<string> Nulls(string page, string section) =>
        Column().Matches(Section(page, section)).Select(match => $"{match.Groups[1].Value} {(match.Groups[3].Value == "yes" ? "OPTIONAL" : "REQUIRED")}");

    private static string Page(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DataPlane.sln")))
        {
            folder = folder.Parent!;
        }

        return File.ReadAllText(Path.Combine(folder.FullName, "docs", name));
    }

    private static IEnumerable<string> Columns(string page, string section)
    {
        return Column().Matches(Section(page, section)).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value switch
        {
            "uuid" => "UUID",
            "time" => "TIMESTAMP WITH TIME ZONE",
            "text" or "name" => "VARCHAR",
            "number" => "DOUBLE",
            "integer" => "BIGINT",
            "boolean" => "BOOLEAN",
            "map" => "MAP(VARCHAR, VARCHAR)",
            var type => type.ToUpperInvariant(),
        }}");
    }

    private static string Section(string page, string section)
    {
        var start = page.IndexOf($"## {section}\n", StringComparison.Ordinal);
        return page[start..page.IndexOf("\n## ", start, StringComparison.Ordinal)];
    }

    private static List<DataPlaneEvent> Events()
    {
        ExposureEvent Exposure(string subject, string variant, string country, long items) => SampleEvents.Exposure with
        {
            SubjectId = subject, VariantKey = variant, AssignedVariantKey = null, Attributes = new Dictionary<string, object?> { ["country"] = country, ["items"] = items },
        };
        DataPlaneEvent[] others = [.. SampleEvents.All.Where(payload => payload is not (ExposureEvent or AccountingEvent))];
        return
        [
            .. new[] { Exposure("u1", "control", "DE", 3), Exposure("u2", "control", "FR", 4), Exposure("u3", "b", "FR", 5) }.Concat(others)
                .Append(SampleEvents.Accounting with { PartNumber = 1, PartCount = 1 })
                .Append(SampleEvents.Accounting with { SequenceNumber = 1, PartNumber = 1, PartCount = 1, Published = [] })
                .Append(SampleEvents.Accounting with { SequenceNumber = 3, PartNumber = 1, PartCount = 2 }),
        ];
    }

    private List<string> Queries() =>
        [.. Query().Matches(Page("how-to/destinations/write-parquet.md")).Select(match => match.Groups[1].Value.Replace("'events/", $"'{_folder.Path}/", StringComparison.Ordinal))];

    private IReadOnlyList<string> Answer(int query) => _duckDb.Query(Queries()[query]);

    private Task WriteAsync() => WriteAsync([.. Events().Select(SampleEvents.Envelope)]);

    private async Task WriteAsync(DataPlaneEnvelope[] events)
    {
        await using var backplane = new ParquetDataBackplane(_folder.Path);
        await backplane.PublishAsync(events, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"```sql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Query();

    [GeneratedRegex(@"(?m)^\| `(\w+)` \| (\w+) \| (\w*) ?\|")]
    private static partial Regex Column();
}
