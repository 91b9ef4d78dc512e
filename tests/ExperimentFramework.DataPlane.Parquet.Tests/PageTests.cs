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
    public async Task Columns_have_the_names_and_types_of_the_reference()
    {
        await WriteAsync();
        var page = Page("reference/columns.md");
        var common = Columns(page, "In every table").ToList();

        Assert.All(["exposures", "assignments", "outcomes", "metrics", "analysis_signals", "errors", "accounts"], table => Assert.Equal(
            common.Concat(Columns(page, $"`{table}`")).Append("exact_values JSON").Append("ts_100ns INTEGER").Order(StringComparer.Ordinal),
            _duckDb.Query($"describe select * from '{_folder.Path}/{table}/*.parquet'").Select(row => string.Join(' ', row.Split('|')[..2])).Order(StringComparer.Ordinal)));
    }

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
        var start = page.IndexOf($"## {section}\n", StringComparison.Ordinal);
        var end = page.IndexOf("\n## ", start, StringComparison.Ordinal);
        return Column().Matches(page[start..end]).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value switch
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

    [GeneratedRegex(@"(?m)^\| `(\w+)` \| (\w+) \|")]
    private static partial Regex Column();
}
