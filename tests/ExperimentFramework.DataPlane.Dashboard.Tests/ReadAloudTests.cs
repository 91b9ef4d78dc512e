using System.Globalization;
using System.Text;
using System.Text.Json;
using ExperimentFramework.DataPlane.Dashboard.Tests.Snapshots;
using ExperimentFramework.DataPlane.Science;
using Microsoft.Playwright;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>What a screen reader says of the page of an experiment: Chromium's accessibility tree, in the order in which it is read.</summary>
public sealed class ReadAloudTests(BrowserFixture fixture)
{
    /// <summary>Set to 1, the page of the documentation is written anew.</summary>
    private const string WriteVariable = "DATAPLANE_WRITE_DOCS";

    /// <summary>Further rows of a table say nothing new of how it is read.</summary>
    private const int RowsRead = 4;

    [Fact]
    public async Task The_page_of_an_experiment()
    {
        ProcessModel? process = null;
        await using var dashboard = await Dashboard.StartAsync(new Dashboard.Setup { IsServed = true, Model = model => process = new ProcessModel(model), Plans = [Plan] });
        Fill(dashboard, process!);
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments/detail?name=checkout-pricing&range=minutes");
        await tab.Page.Clock.SetFixedTimeAsync(dashboard.Time.GetUtcNow().UtcDateTime);
        await tab.Page.ReloadAsync();
        await tab.Page.GetByText("Connecting.").WaitForAsync();

        var spoken = await SpokenAsync(tab.Page);

        await Snapshot.VerifyAsync(spoken, TestContext.Current.CancellationToken);
        await AssertDocumentedAsync(spoken);
    }

    /// <summary>The page of the documentation has the same text.</summary>
    private static async Task AssertDocumentedAsync(string spoken)
    {
        var path = Path.Combine(Snapshot.ProjectDirectory, "../../docs/reference/page-read-aloud.md");
        var page = (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var begin = page.IndexOf("```text\n", StringComparison.Ordinal) + "```text\n".Length;
        var end = page.LastIndexOf("```", StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            await File.WriteAllTextAsync(path, page[..begin] + spoken + page[end..], TestContext.Current.CancellationToken);
            return;
        }

        Assert.True(page[begin..end] == spoken, $"docs/reference/page-read-aloud.md has another text: write it with {WriteVariable}=1.");
    }

    private static AnalysisPlan Plan { get; } = new()
    {
        ExperimentName = Dashboard.Experiment,
        Control = "control",
        Looks = LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, 0.5, 1),
        MinimumEffect = 0.1,
        PrimaryMetric = new PlannedMetric { Name = "purchase", Baseline = 0.1, Definition = new MetricDefinition(TimeSpan.FromMinutes(1), MetricAggregation.Any) },
    };

    private static void Fill(Dashboard dashboard, ProcessModel process)
    {
        dashboard.Declare();
        dashboard.ExposeMany(400);
        dashboard.Expose("late", "b", change: static exposure => exposure with { SamplingRate = 0.5, VariantBuild = new Guid(1, 0, 0, new byte[8]) });
        dashboard.Time.Advance(TimeSpan.FromMinutes(3));
        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());
        process.Destinations = [ProcessModel.Destination("Files"), ProcessModel.Destination("Kafka", DestinationState.LosingEvents)];
        process.Drops = [new DroppedEvents("Kafka", "b", "Exposure", "outbox_full", 70)];
        process.Looks = new LookHistory(1, [new AnalysisLook { Timestamp = Dashboard.Start, By = "ada", ExperimentName = Dashboard.Experiment, Run = 1, Subjects = 300, Shown = "page of results", PlanHash = "h", Reason = "early-look", AlphaSpent = 0.05 }], null);
    }

    /// <summary>Reads the tree as a screen reader does: what something is, and its name; text where it stands.</summary>
    private static async Task<string> SpokenAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        var tree = await session.SendAsync("Accessibility.getFullAXTree") ?? throw new InvalidOperationException("The browser has no accessibility tree.");
        var nodes = tree.GetProperty("nodes").EnumerateArray().ToDictionary(static node => node.GetProperty("nodeId").GetString()!);
        StringBuilder spoken = new();
        var rows = 0;
        Read(nodes.Values.First(static node => !node.TryGetProperty("parentId", out _)), 0);
        return spoken.ToString();

        void Read(JsonElement node, int depth)
        {
            var role = ValueOf(node, "role");
            var isSaid = !IsIgnored(node) && role is not ("generic" or "none" or "paragraph" or "LineBreak" or "InlineTextBox" or "rowgroup" or "strong" or "time" or "ListMarker");
            if (role == "InlineTextBox")
            {
                return;
            }

            var name = ValueOf(node, "name");
            if (isSaid && role == "row")
            {
                rows++;
                if (rows <= RowsRead)
                {
                    Say(depth, "row: " + string.Join(" | ", Children(node).Where(static cell => !IsIgnored(cell)).Select(ValueOfCell)));
                }

                return;
            }

            if (isSaid && role == "table")
            {
                rows = 0;
            }

            if (isSaid && (role != "StaticText" || name.Trim().Length > 0))
            {
                Say(depth, role == "StaticText" ? $"\"{name}\"" : $"{role}{LevelOf(node)}{(name.Length == 0 ? string.Empty : $": {name}")}");
            }

            // What is in these is their name, which has been said.
            if (role is not ("heading" or "link" or "button" or "StaticText" or "option" or "term" or "Figcaption" or "caption") || !isSaid || name.Length == 0)
            {
                foreach (var child in Children(node))
                {
                    Read(child, isSaid ? depth + 1 : depth);
                }
            }

            if (isSaid && role == "table" && rows > RowsRead)
            {
                Say(depth + 1, string.Create(CultureInfo.InvariantCulture, $"({rows - RowsRead} more rows)"));
            }
        }

        void Say(int depth, string text) => spoken.Append(' ', depth * 2).Append(text.ReplaceLineEndings(" ").Trim()).Append('\n');

        string ValueOfCell(JsonElement cell) => ValueOf(cell, "name") is { Length: > 0 } name ? name : TextOf(cell);

        string TextOf(JsonElement node) => ValueOf(node, "role") == "StaticText" && !IsIgnored(node) ? ValueOf(node, "name") : string.Concat(Children(node).Select(TextOf)).Trim();

        IEnumerable<JsonElement> Children(JsonElement node) => node.TryGetProperty("childIds", out var ids)
            ? ids.EnumerateArray().Where(id => nodes.ContainsKey(id.GetString()!)).Select(id => nodes[id.GetString()!])
            : [];
    }

    private static string LevelOf(JsonElement node) => ValueOf(node, "role") == "heading" && node.TryGetProperty("properties", out var properties)
        && properties.EnumerateArray().FirstOrDefault(static property => property.GetProperty("name").GetString() == "level") is { ValueKind: JsonValueKind.Object } level
        ? " " + level.GetProperty("value").GetProperty("value").GetRawText() : string.Empty;

    private static bool IsIgnored(JsonElement node) => node.GetProperty("ignored").GetBoolean();

    private static string ValueOf(JsonElement node, string property) =>
        node.TryGetProperty(property, out var value) && value.TryGetProperty("value", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : string.Empty;
}
