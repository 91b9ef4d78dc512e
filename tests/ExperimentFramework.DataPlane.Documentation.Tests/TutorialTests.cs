using System.Globalization;
using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>A tutorial, followed step by step, prints what it promises.</summary>
public sealed partial class TutorialTests
{
    [Fact]
    public async Task The_first_experiment_shows_four_greetings_and_four_exposures_of_which_one_is_a_repeat()
    {
        var output = await PageProcess.RunAsync("docs/tutorials/first-experiment.md");

        Assert.Equal(4, Greeting().Count(output));
        Assert.Equal(3, Exposure().Matches(output).Count(match => match.Groups["repeat"].Value == "False"));
        Assert.Equal(1, Exposure().Matches(output).Count(match => match.Groups["repeat"].Value == "True"));
    }

    [Fact]
    public async Task From_a_page_view_to_a_result_finds_that_green_sells_more_among_all_visitors()
    {
        var output = await PageProcess.RunAsync("docs/tutorials/conversions.md");

        var split = Split().Match(output);
        var bought = Bought().Match(output);
        var difference = Difference().Match(output);
        Assert.True(split.Success && bought.Success && difference.Success, output);
        Assert.Equal(4_000, Number(split, "control") + Number(split, "green"));
        Assert.Equal("None", split.Groups["severity"].Value);

        // One of ten and one of seven, but for who is assigned where. The repeated order and the stranger's do not count.
        Assert.InRange(Number(bought, "control"), 8.5, 11.5);
        Assert.InRange(Number(bought, "green"), 12.8, 15.8);
        Assert.Equal(Number(bought, "green") - Number(bought, "control"), Number(difference, "estimate"), 0.11);
        Assert.InRange(Number(difference, "lower"), 0.05, Number(difference, "estimate"));
        Assert.InRange(Number(difference, "upper"), Number(difference, "estimate"), 10);
    }

    private static double Number(Match match, string group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?m)^(Hello, |Bonjour, )(anna|ben|chloe)")]
    private static partial Regex Greeting();

    [GeneratedRegex(@"(?m)^(anna|ben|chloe): (control|french), because of hash-assignment, repeat: (?<repeat>\w+)")]
    private static partial Regex Exposure();

    [GeneratedRegex(@"Split: (?<control>\d+) to (?<green>\d+) visitors, p = 0\.\d\d: (?<severity>\w+)")]
    private static partial Regex Split();

    [GeneratedRegex(@"Bought: (?<control>[\d.]+) ?% of control, (?<green>[\d.]+) ?% of green")]
    private static partial Regex Bought();

    [GeneratedRegex(@"Difference: (?<estimate>[\d.]+) ?%, from (?<lower>[\d.]+) ?% to (?<upper>[\d.]+) ?%")]
    private static partial Regex Difference();
}
