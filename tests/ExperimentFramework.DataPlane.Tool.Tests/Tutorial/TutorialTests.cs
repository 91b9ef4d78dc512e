using System.Text;
using ExperimentFramework.DataPlane.Tool.Tests.Snapshots;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Tutorial;

/// <summary>
/// The shell session of the tutorial, command by command, writes what the page shows. <c>DATAPLANE_WRITE_DOCS=1</c> writes the page's answers and the sample's events anew.
/// </summary>
public sealed class TutorialTests
{
    private const string Prompt = "$ dataplane ";

    private static readonly string Root = Path.Combine(Snapshot.ProjectDirectory, "..", "..");
    private static readonly string Page = Path.Combine(Root, "docs", "tutorials", "from-files-to-an-answer.md");
    private static readonly string Events = Path.Combine(Root, "samples", "events");
    private static readonly string Plan = Path.Combine(Root, "samples", "checkout.plan.json");
    private static readonly bool Writes = Environment.GetEnvironmentVariable("DATAPLANE_WRITE_DOCS") == "1";

    [Fact]
    public async Task The_session_writes_what_the_page_shows()
    {
        if (Writes)
        {
            await WriteEventsAsync();
        }

        using var tool = new ToolFixture { Width = 100 };
        Copy(Events, tool.Path("events"));
        File.Copy(Plan, tool.Path("checkout.plan.json"));
        var page = (await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var answered = new StringBuilder();
        var isSession = false;
        var isAnswer = false;
        foreach (var line in page.Split('\n'))
        {
            isSession = line == "```console" || (isSession && line != "```");
            if (isSession && line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                answered.Append(line).Append('\n').Append(await RunAsync(tool, line[Prompt.Length..]));
                isAnswer = true;
            }
            else if (!isSession || !isAnswer)
            {
                isAnswer = false;
                answered.Append(line).Append('\n');
            }
        }

        var expected = answered.ToString()[..^1];
        if (Writes)
        {
            await File.WriteAllTextAsync(Page, expected, TestContext.Current.CancellationToken);
            return;
        }

        Assert.Equal(expected, page);
    }

    [Fact]
    public async Task The_plan_on_the_page_is_that_of_the_samples() =>
        Assert.Equal(await BlockAsync("json"), (await File.ReadAllTextAsync(Plan, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"));

    private static async Task<string> RunAsync(ToolFixture tool, string command)
    {
        var arguments = command.Split(' ').Select(argument => argument is "events" or "archive" or "checkout.plan.json" or "report.html" ? tool.Path(argument) : argument).ToArray();
        var run = await tool.RunAsync(arguments);
        var lines = (run.Output + run.Error).Replace("FOLDER/", "", StringComparison.Ordinal).Split('\n').Select(line => line.TrimEnd());
        return string.Join('\n', lines).Trim('\n') + "\n" + (run.Code == 0 ? "" : $"$ echo $?\n{run.Code}\n");
    }

    private static async Task<string> BlockAsync(string language)
    {
        var page = (await File.ReadAllTextAsync(Page)).ReplaceLineEndings("\n");
        var start = page.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>The events of the sample stream and the purchases, of two hosts.</summary>
    private static async Task WriteEventsAsync()
    {
        var all = SampleStream.All.Select(WithPurchases).Concat(SampleStream.Purchases).OrderBy(envelope => envelope.Timestamp).ToList();
        foreach (var (host, producer, name) in new[]
        {
            ("host-1", SampleStream.FirstProducer, "20260301T120000.0000000Z-0a1b2c3d4e50a1b2c3d4e50a1b2c3d4e"),
            ("host-2", SampleStream.SecondProducer, "20260301T120001.0000000Z-0f0e0d0c0b00f0e0d0c0b00f0e0d0c0b"),
        })
        {
            Directory.CreateDirectory(Path.Combine(Events, host));
            var own = all.Where(envelope => envelope.Payload is AccountingEvent account ? account.ProducerId == producer : ProducerId.Of(envelope.EventId) == producer);
            await File.WriteAllBytesAsync(Path.Combine(Events, host, name + ".jsonl.gz"), SampleStream.Gzip(SampleStream.Lines(own)));
        }
    }

    /// <summary>The account of the producer that recorded the purchases counts them too.</summary>
    private static DataPlaneEnvelope WithPurchases(DataPlaneEnvelope envelope) => envelope.Payload is AccountingEvent { ProducerId: SampleStream.FirstProducer } account
        ? envelope with { Payload = account with { Published = [.. account.Published, new AccountedEvents { ExperimentName = ExperimentNames.All, VariantKey = "", EventType = "Metric", Count = SampleStream.Purchases.Count }] } }
        : envelope;
}
