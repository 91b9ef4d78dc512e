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
        var queries = Query().Matches(Page("how-to/destinations/write-parquet.md")).Select(match => match.Groups[1].Value).ToList();
        var answers = queries.Select(query => _duckDb.Query(query.Replace("'events/", $"'{_folder.Path}/", StringComparison.Ordinal))).ToList();

        Assert.Equal(["exp|b|1", "exp|control|2"], answers[0]);
        Assert.Equal(["DE|1", "FR|2"], answers[1]);
        Assert.Equal(["exp|b|1|0", "exp|control|2|1"], answers[2]);
        Assert.Equal(["0a1b2c3d4e5|dropped|Error|2", "0a1b2c3d4e5|dropped|Exposure|1", "0a1b2c3d4e5|published|Exposure|4"], answers[3]);
        Assert.Contains("dataplane/column/arm|The variant to count by: the assigned variant.", answers[4]);
        Assert.Equal(["exp|3"], answers[5]);
        Assert.Equal(["3|3"], answers[6]);
        Assert.Equal(7, answers.Count);
    }

    [Fact]
    public async Task Subjects_of_two_tenants_that_share_an_id_are_two_in_every_query_of_the_page()
    {
        await using (var backplane = new ParquetDataBackplane(_folder.Path))
        {
            ExposureEvent Exposure(string? tenant, string variant) => SampleEvents.Exposure with { SubjectId = "u1", TenantId = tenant, VariantKey = variant, AssignedVariantKey = null };
            await backplane.PublishAsync(
                [.. new DataPlaneEvent[]
                {
                    Exposure("a", "control"), Exposure("b", "b"), Exposure(null, "control"),
                    SampleEvents.Metric with { SubjectId = "u1", TenantId = "a", SubjectType = SampleEvents.Exposure.SubjectType, MetricName = "purchase", Timestamp = SampleEvents.Exposure.Timestamp.AddMinutes(1) },
                    SampleEvents.Metric with { SubjectId = "u1", TenantId = null, SubjectType = SampleEvents.Exposure.SubjectType, MetricName = "purchase", Timestamp = SampleEvents.Exposure.Timestamp.AddMinutes(1) },
                }.Select(SampleEvents.Envelope)],
                TestContext.Current.CancellationToken);
        }

        var queries = Query().Matches(Page("how-to/destinations/write-parquet.md")).Select(match => match.Groups[1].Value.Replace("'events/", $"'{_folder.Path}/", StringComparison.Ordinal)).ToList();

        Assert.Equal(["exp|b|1", "exp|control|2"], _duckDb.Query(queries[0]));
        Assert.Equal(["exp|b|1|0", "exp|control|2|2"], _duckDb.Query(queries[2]));
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

    private async Task WriteAsync()
    {
        ExposureEvent Exposure(string subject, string variant, string country, long items) => SampleEvents.Exposure with
        {
            SubjectId = subject, VariantKey = variant, AssignedVariantKey = null, Attributes = new Dictionary<string, object?> { ["country"] = country, ["items"] = items },
        };
        DataPlaneEvent[] others = [.. SampleEvents.All.Where(payload => payload is not (ExposureEvent or AccountingEvent))];
        await using var backplane = new ParquetDataBackplane(_folder.Path);
        await backplane.PublishAsync(
            [
                .. new[] { Exposure("u1", "control", "DE", 3), Exposure("u2", "control", "FR", 4), Exposure("u3", "b", "FR", 5) }.Concat(others)
                    .Append(SampleEvents.Accounting).Append(SampleEvents.Accounting with { SequenceNumber = 1, Published = [] }).Select(SampleEvents.Envelope),
            ],
            TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"```sql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Query();

    [GeneratedRegex(@"(?m)^\| `(\w+)` \| (\w+) \| (\w*) ?\|")]
    private static partial Regex Column();
}
