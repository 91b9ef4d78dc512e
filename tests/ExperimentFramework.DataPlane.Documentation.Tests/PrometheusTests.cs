using System.Text.Json;
using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>Alert rules and dashboard name instruments and tags that exist, as the Prometheus exporter of OpenTelemetry spells them.</summary>
public sealed partial class PrometheusTests
{
    private static readonly string Folder = Path.Combine(Page.Root, "docs/reference/prometheus");

    /// <summary>The labels of each metric, from the table of instruments.</summary>
    private static readonly Dictionary<string, HashSet<string>> Metrics = Row().Matches(Page.Get("docs/reference/metrics.md").Text)
        .SelectMany(row => Names(row.Groups[1].Value, row.Groups[2].Value).Select(name => (name, Tags: Tag().Matches(row.Groups[3].Value).Select(tag => tag.Groups[1].Value).ToHashSet())))
        .ToDictionary(metric => metric.name, metric => metric.Tags);

    public static TheoryData<string> Expressions =>
    [
        .. Rule().Matches(File.ReadAllText(Path.Combine(Folder, "dataplane-alerts.yml"))).Select(rule => rule.Groups[1].Value.Trim()),
        .. DashboardTexts(),
    ];

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Every_metric_and_label_of_an_expression_exists(string expression)
    {
        var metrics = Metric().Matches(expression).Select(match => match.Value).ToHashSet();
        Assert.NotEmpty(metrics);
        Assert.All(metrics, metric => Assert.True(Metrics.ContainsKey(metric), $"{metric} is none of {string.Join(", ", Metrics.Keys)}"));

        var labels = metrics.SelectMany(metric => Metrics[metric]).Append("le").ToHashSet();
        var used = By().Matches(expression).SelectMany(by => by.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))
            .Concat(Matcher().Matches(expression).SelectMany(matcher => LabelName().Matches(matcher.Groups[1].Value).Select(label => label.Groups[1].Value)))
            .Concat(LabelValues().Matches(expression).Select(label => label.Groups[1].Value));
        Assert.All(used, label => Assert.Contains(label, labels));
    }

    [Fact]
    public void Every_label_of_a_text_is_one_of_the_rules_expression()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "dataplane-alerts.yml"));
        foreach (var rule in text.Split("- alert: ").Skip(1))
        {
            var labels = By().Matches(rule).SelectMany(by => by.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)).ToHashSet();
            Assert.All(TextLabel().Matches(rule).Select(label => label.Groups[1].Value), label => Assert.Contains(label, labels));
        }
    }

    [Fact]
    public void There_are_expressions_for_rules_and_panels() => Assert.InRange(Expressions.Count, 15, 100);

    private static IEnumerable<string> Names(string instrument, string kind)
    {
        var name = instrument.Replace('.', '_');
        return kind.Split(',')[0] switch
        {
            "counter" => [name + "_total"],
            "histogram" when kind.Contains("seconds", StringComparison.Ordinal) => [name + "_seconds_bucket", name + "_seconds_sum", name + "_seconds_count"],
            "histogram" => [name + "_bucket", name + "_sum", name + "_count"],
            _ => [name],
        };
    }

    private static IEnumerable<string> DashboardTexts()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "dataplane-dashboard.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!);
        var variables = dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => variable.GetProperty("query").GetString()!)
            .Where(query => query.Contains("dataplane", StringComparison.Ordinal));
        return [.. panels, .. variables];
    }

    [GeneratedRegex(@"(?m)^\| `(dataplane\.[a-z_.]+)` \| ([^|]+) \| ([^|]*) \|")]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?m)^ +expr: (?:\|\n)?((?:.*\n)+?)(?= +(?:for|labels):)")]
    private static partial Regex Rule();

    [GeneratedRegex(@"\bdataplane_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"\bby \(([^)]*)\)")]
    private static partial Regex By();

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Matcher();

    [GeneratedRegex("([a-z_]+) ?(?:=~|!~|!=|=)")]
    private static partial Regex LabelName();

    [GeneratedRegex(@"label_values\([a-z_]+, ([a-z_]+)\)")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"\$labels\.([a-z_]+)")]
    private static partial Regex TextLabel();
}
