using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>Every instrument and every reason of a drop is documented, and every instrument that a page names exists.</summary>
public sealed partial class MetricTests
{
    private const string Reference = "docs/reference/metrics.md";

    private static readonly HashSet<string> Instruments =
        [.. Page.Sources.SelectMany(source => InstrumentLiteral().Matches(source)).Select(match => match.Groups[1].Value)];

    [Fact]
    public void Every_instrument_has_a_row_in_the_reference()
    {
        var rows = Row().Matches(Page.Get(Reference).Text).Select(match => match.Groups[1].Value);

        Assert.NotEmpty(Instruments);
        Assert.Equal(Instruments.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_instrument_that_a_page_names_exists()
    {
        var named = Page.All.SelectMany(page => InstrumentName().Matches(page.Text).Select(match => (page.Name, Instrument: match.Groups[1].Value)));

        Assert.DoesNotContain(named, name => !Instruments.Contains(name.Instrument));
    }

    [Fact]
    public void Every_reason_of_a_drop_has_a_row_in_the_reference()
    {
        var reasons = typeof(DropReasons).GetFields().Select(field => (string)field.GetValue(null)!);
        var rows = DropRow().Matches(Page.Get(Reference).Text).Select(match => match.Groups[1].Value);

        Assert.Equal(reasons.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("\"(dataplane\\.[a-z_.]+)\"")]
    private static partial Regex InstrumentLiteral();

    [GeneratedRegex(@"(?m)^\| `(dataplane\.[a-z_.]+)` \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"`(dataplane\.[a-z_.]+)`")]
    private static partial Regex InstrumentName();

    [GeneratedRegex("(?m)^\\| `([a-z]+_[a-z]+|timeout|rejected|serialization|shutdown)` \\|")]
    private static partial Regex DropRow();
}
