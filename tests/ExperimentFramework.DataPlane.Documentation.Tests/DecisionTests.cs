using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>Decisions have one format, and an index.</summary>
public sealed partial class DecisionTests
{
    private const string Folder = "docs/decisions/";
    private const string Index = Folder + "README.md";

    private static IEnumerable<Page> Decisions => Page.All.Where(page => page.Name.StartsWith(Folder, StringComparison.Ordinal) && page.Name != Index);

    public static TheoryData<string> Names { get; } = [.. Decisions.Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_decision_says_what_was_decided_and_why_and_at_what_price(string name)
    {
        var page = Page.Get(name);
        var number = int.Parse(Path.GetFileName(name)[..4]);

        Assert.Matches($@"^# {number}\. .+\n\n- Status: (accepted|superseded by \[\d+\]\([\w.-]+\))\n- Date: \d{{4}}-\d\d-\d\d\n", page.Text);
        Assert.Equal(["Decided", "Why", "Price"], Section().Matches(page.Text).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void The_index_lists_every_decision() => Page.AssertGenerated(Index, """
        # Decisions

        What was decided, why, and what it costs: one page each. Generated from the pages; numbers that are missing were never used. To add a decision, take the next number and the format of any page here.

        | decision | status | date |
        | --- | --- | --- |

        """ + string.Concat(Decisions.Select(Row)));

    private static string Row(Page page)
    {
        var head = Head().Match(page.Text).Groups;
        return $"| [{head[1].Value}]({Path.GetFileName(page.Name)}) | {head[2].Value} | {head[3].Value} |\n";
    }

    [GeneratedRegex(@"^# (.+)\n\n- Status: (.+)\n- Date: (.+)\n")]
    private static partial Regex Head();

    [GeneratedRegex("(?m)^## (.+)$")]
    private static partial Regex Section();
}
