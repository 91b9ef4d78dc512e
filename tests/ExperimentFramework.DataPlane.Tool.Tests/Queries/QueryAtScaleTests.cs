using System.Globalization;
using System.Text.Json.Nodes;
using ExperimentFramework.DataPlane.Analysis;
using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Queries;

/// <summary>The SQL of docs/how-to/query-at-scale.md gives in DuckDB what the tool gives as JSON, over the same files.</summary>
public sealed class QueryAtScaleTests : IDisposable
{
    private readonly ToolFixture _tool = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task Subjects_are_those_of_srm()
    {
        using var page = await WriteAsync(AnalysedEvents.All);
        var answer = await AskToolAsync("srm");

        Assert.Equal(
            answer["experiments"]!.AsArray().SelectMany(experiment => experiment!["versions"]!.AsArray().SelectMany(version => version!["variants"]!.AsArray()
                .Select(variant => Row(experiment["name"], version["allocationVersion"], variant!["key"], variant["subjects"])))).Order(StringComparer.Ordinal),
            page.Answer("Subjects of each version and variant"));
    }

    [Fact]
    public async Task Subjects_of_two_hosts_are_those_of_srm_and_inspect_where_the_second_host_began_first()
    {
        foreach (var host in new[] { HardStream.FirstHost, HardStream.SecondHost })
        {
            await ParquetEventFiles.WriteAsync(HardStream.Of(host).ToAsyncEnumerable(), _tool.Path(host), cancellationToken: Token);
            foreach (var table in Directory.EnumerateDirectories(_tool.Path(host)))
            {
                Directory.CreateDirectory(_tool.Path($"events/{Path.GetFileName(table)}"));
                Directory.Move(table, _tool.Path($"events/{Path.GetFileName(table)}/{host}"));
            }
        }

        using var page = new QueryPage(_tool.Path("events"));
        var ofSplit = (await AskToolAsync("srm"))["experiments"]!.AsArray().Single()!["versions"]!.AsArray();
        var subjects = page.Answer("Subjects of each version and variant");

        Assert.Equal(
            ofSplit.SelectMany(version => version!["variants"]!.AsArray().Select(variant => Row("checkout", version["allocationVersion"], variant!["key"], variant["subjects"]))).Order(StringComparer.Ordinal), subjects);
        var ofStream = (await AskToolAsync("inspect"))["experiments"]!.AsArray().Single()!["variants"]!.AsArray();
        Assert.Equal(
            ofStream.Select(variant => ((string)variant!["key"]!, (long)variant["subjects"]!)).Order(),
            subjects.Select(row => row.Split('|')).GroupBy(row => row[2]).Select(rows => (rows.Key, rows.Sum(row => Number(row[3])))).Order());
    }

    [Fact]
    public async Task Exposures_and_outcomes_are_those_of_inspect()
    {
        using var page = await WriteAsync(AnalysedEvents.All);
        var experiments = (await AskToolAsync("inspect"))["experiments"]!.AsArray();

        Assert.Equal(OfVariants("exposures", "fallbacks"), page.Answer("Exposures and outcomes"));
        Assert.Equal(OfVariants("outcomes", "failures"), page.Answer("Exposures and outcomes", 1));
        Assert.Equal(experiments.Select(experiment => Row(experiment!["name"], experiment["subjects"])), page.Answer("Exposures and outcomes", 2));

        IEnumerable<string> OfVariants(string events, string special) => experiments.SelectMany(experiment => experiment!["variants"]!.AsArray()
            .Select(variant => Row(experiment["name"], variant!["key"], variant[events], variant[special])));
    }

    [Fact]
    public async Task Drops_and_completeness_are_those_of_inspect()
    {
        using var page = await WriteAsync(AnalysedEvents.All);
        var answer = await AskToolAsync("inspect");

        Assert.NotEmpty(answer["drops"]!.AsArray());
        Assert.Equal(answer["drops"]!.AsArray().Select(drop => Row(drop!["experiment"], drop["eventType"], drop["reason"], drop["events"])), page.Answer("Drops", 1));

        page.Answer("Completeness");
        var producers = page.Answer("Completeness", 1).Select(row => row.Split('|')).GroupBy(row => row[0]).Select(rows => Row(
            rows.Key, rows.Sum(row => Number(row[2])), rows.Sum(row => Number(row[3])), rows.Sum(row => Math.Max(0, Number(row[2]) - Number(row[3])))));

        // What a producer without an account should have is not known.
        var accounted = answer["producers"]!.AsArray().Where(producer => (string)producer!["state"]! != "noAccount");
        Assert.Equal(
            accounted.Select(producer => Row(producer!["producerId"], producer["expected"], producer["arrived"], producer["missing"])).Order(StringComparer.Ordinal), producers);
    }

    [Fact]
    public async Task Metric_sums_are_those_of_readout()
    {
        using var page = await WriteAsync([.. SampleStream.All, .. SampleStream.Purchases]);
        await File.WriteAllTextAsync(_tool.Path("plan.json"), """{"experiment":"checkout","metric":"purchase","window":"01:00:00","aggregation":"Sum"}""", Token);
        var purchase = (await AskToolAsync("readout", "-e", "checkout", "--plan", _tool.Path("plan.json")))["metrics"]!.AsArray().Single(metric => (string)metric!["name"]! == "purchase");
        page.Answer("Metric sums of subjects");

        var rows = page.Answer("Metric sums of subjects", 1).Select(row => row.Split('|')).ToList();

        Assert.Equal(purchase!["variants"]!.AsArray().Select(variant => Row(variant!["key"], variant["subjects"])).Order(StringComparer.Ordinal), rows.Select(row => Row(row[1], row[2])));
        foreach (var row in rows)
        {
            var mean = (double)purchase["variants"]!.AsArray().Single(variant => (string)variant!["key"]! == row[1])!["mean"]!;
            Assert.NotEqual(0, mean);
            Assert.Equal(mean, double.Parse(row[4], CultureInfo.InvariantCulture), 1e-12);
        }
    }

    private static string Row(params object?[] values) => string.Join('|', values.Select(value => System.Convert.ToString(value, CultureInfo.InvariantCulture)));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Writes files with events of one moment in the order of their ids, which the SQL sorts them by.</summary>
    private async Task<QueryPage> WriteAsync(IReadOnlyList<DataPlaneEnvelope> events)
    {
        await ParquetEventFiles.WriteAsync(events.OrderBy(envelope => envelope.EventId).ToAsyncEnumerable(), _tool.Path("events"), cancellationToken: Token);
        return new QueryPage(_tool.Path("events"));
    }

    private async Task<JsonNode> AskToolAsync(string command, params string[] options)
    {
        var run = await _tool.RunAsync([command, _tool.Path("events"), "--json", .. options]);
        Assert.Equal("", run.Error);
        return JsonNode.Parse(run.Output)!;
    }
}
