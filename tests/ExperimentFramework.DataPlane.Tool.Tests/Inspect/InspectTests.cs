using System.Text.Json;
using ExperimentFramework.DataPlane.Analysis;
using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Inspect;

public sealed class InspectTests
{
    [Fact]
    public async Task Counts_are_those_of_the_events()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.All));

        var answer = await InspectAsync(tool, tool.Path("events.jsonl"));

        var exposures = SampleStream.All.Select(envelope => envelope.Payload).OfType<ExposureEvent>().ToList();
        Assert.Equal(SampleStream.All.Count, answer.GetProperty("events").GetInt64());
        foreach (var experiment in answer.GetProperty("experiments").EnumerateArray())
        {
            var own = exposures.Where(exposure => exposure.ExperimentName == experiment.GetProperty("name").GetString()).ToList();
            Assert.Equal(own.Count, experiment.GetProperty("exposures").GetInt64());
            Assert.Equal(own.Select(exposure => exposure.SubjectId).Distinct().Count(), experiment.GetProperty("subjects").GetInt64());
            foreach (var variant in experiment.GetProperty("variants").EnumerateArray())
            {
                Assert.Equal(own.Count(exposure => exposure.VariantKey == variant.GetProperty("key").GetString()), variant.GetProperty("subjects").GetInt64());
            }
        }

        Assert.Equal(["checkout", "search", "undeclared"], answer.GetProperty("experiments").EnumerateArray().Select(experiment => experiment.GetProperty("name").GetString()));
        Assert.Equal("complete", answer.GetProperty("completeness").GetString());
        Assert.Equal(6, answer.GetProperty("drops")[0].GetProperty("events").GetInt64());
    }

    [Fact]
    public async Task All_formats_and_hosts_are_counted_together_and_their_answer_is_the_same()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("all.jsonl"), SampleStream.Lines(SampleStream.All));
        Directory.CreateDirectory(tool.Path("one"));
        Directory.CreateDirectory(tool.Path("two"));
        var (first, second, third, last) = (SampleStream.All.Take(1_000), SampleStream.All.Skip(1_000).Take(1_000), SampleStream.All.Skip(2_000).Take(1_000), SampleStream.All.Skip(3_000));
        await File.WriteAllBytesAsync(tool.Path("one/a.jsonl"), SampleStream.Lines(first));
        await File.WriteAllBytesAsync(tool.Path("one/b.jsonl.gz"), SampleStream.Gzip(SampleStream.Lines(second)));
        await File.WriteAllBytesAsync(tool.Path("two/c.jsonl.zst"), SampleStream.Zstd(SampleStream.Lines(third)));
        await ParquetEventFiles.WriteAsync(last.ToAsyncEnumerable(), tool.Path("two/parquet"), cancellationToken: TestContext.Current.CancellationToken);

        var together = await InspectAsync(tool, tool.Path("one"), tool.Path("two"));

        Assert.Equal(["jsonl", "jsonl.gz", "jsonl.zst", "parquet"], together.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("format").GetString()));
        AssertSame(await InspectAsync(tool, tool.Path("all.jsonl")), together);
    }

    [Fact]
    public async Task Events_of_all_kinds_are_counted_alike_in_Parquet_of_which_only_some_columns_are_read()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("all.jsonl"), SampleStream.Lines(AnalysedEvents.All));
        await ParquetEventFiles.WriteAsync(AnalysedEvents.All.ToAsyncEnumerable(), tool.Path("parquet"), cancellationToken: TestContext.Current.CancellationToken);

        var (lines, columns) = (await InspectAsync(tool, tool.Path("all.jsonl")), await InspectAsync(tool, tool.Path("parquet")));

        foreach (var property in new[] { "events", "duplicates", "first", "last", "categories", "producers" })
        {
            Assert.Equal(lines.GetProperty(property).ToString(), columns.GetProperty(property).ToString());
        }

        Assert.Equal(Counts(lines), Counts(columns));

        // Rows of Parquet are sorted, so that another exposure of a crossover may be its first one.
        static IEnumerable<string> Counts(JsonElement answer) =>
            answer.GetProperty("experiments").EnumerateArray().Select(experiment => $"{experiment.GetProperty("name")} {experiment.GetProperty("subjects")} {experiment.GetProperty("exposures")} {experiment.GetProperty("outcomes")}");
    }

    [Fact]
    public async Task Standard_input_is_read_plain_or_compressed()
    {
        using var tool = new ToolFixture();
        var lines = SampleStream.Lines(SampleStream.Few);
        await File.WriteAllBytesAsync(tool.Path("all.jsonl"), lines);
        var expected = await InspectAsync(tool, tool.Path("all.jsonl"));
        foreach (var input in new[] { lines, SampleStream.Gzip(lines), SampleStream.Zstd(lines) })
        {
            tool.Input = input;
            AssertSame(expected, await InspectAsync(tool, "-"));
        }
    }

    [Fact]
    public async Task Events_that_arrive_twice_are_counted_once()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("once.jsonl"), SampleStream.Lines(SampleStream.Few));
        await File.WriteAllBytesAsync(tool.Path("twice.jsonl"), SampleStream.Lines(SampleStream.Few.Concat(SampleStream.Few)));

        var (once, twice) = (await InspectAsync(tool, tool.Path("once.jsonl")), await InspectAsync(tool, tool.Path("twice.jsonl")));

        Assert.Equal(SampleStream.Few.Count, twice.GetProperty("duplicates").GetInt64());
        Assert.Equal(once.GetProperty("experiments").ToString(), twice.GetProperty("experiments").ToString());
        Assert.Equal(once.GetProperty("producers").ToString(), twice.GetProperty("producers").ToString());
    }

    [Fact]
    public async Task Completeness_is_what_the_accounts_say_producer_by_producer()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(AnalysedEvents.All));

        var answer = await InspectAsync(tool, tool.Path("events.jsonl"));

        var states = answer.GetProperty("producers").EnumerateArray().ToDictionary(producer => producer.GetProperty("producerId").GetString()!, producer => producer);
        Assert.Equal("noAccount", states[AnalysedEvents.UnaccountedProducer].GetProperty("state").GetString());
        Assert.Equal("notEnded", states[AnalysedEvents.KilledProducer].GetProperty("state").GetString());
        Assert.Equal("complete", states[AnalysedEvents.Producer].GetProperty("state").GetString());
        Assert.Equal(0, states[AnalysedEvents.Producer].GetProperty("missing").GetInt64());
    }

    [Fact]
    public async Task Events_that_are_missing_are_counted()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few.Where((_, index) => index is not (10 or 11 or 12))));

        var answer = await InspectAsync(tool, tool.Path("events.jsonl"));

        Assert.Equal("incomplete", answer.GetProperty("completeness").GetString());
        Assert.Equal(3, answer.GetProperty("producers").EnumerateArray().Sum(producer => producer.GetProperty("missing").GetInt64()));
    }

    [Fact]
    public async Task Control_characters_of_events_do_not_reach_the_terminal()
    {
        using var tool = new ToolFixture();
        var hostile = SampleStream.Few.Select(envelope => envelope.Payload is ExposureEvent exposure ? envelope with { Payload = exposure with { ExperimentName = "a\u001b[2Jb\u009b\u202e", VariantKey = "[red]" } } : envelope);
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(hostile));

        var run = await tool.RunAsync("inspect", tool.Path("events.jsonl"));

        Assert.Equal(0, run.Code);
        Assert.DoesNotContain(run.Output, character => character != '\n' && (char.IsControl(character) || character == '\u202e'));
        Assert.Contains("[red]", run.Output, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> InspectAsync(ToolFixture tool, params string[] sources)
    {
        var run = await tool.RunAsync(["inspect", "--json", .. sources]);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.Code);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static void AssertSame(JsonElement expected, JsonElement actual)
    {
        foreach (var property in expected.EnumerateObject().Where(property => property.Name != "files"))
        {
            Assert.Equal(property.Value.ToString(), actual.GetProperty(property.Name).ToString());
        }
    }
}
