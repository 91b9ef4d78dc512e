using System.Text;
using System.Text.Json;
using ExperimentFramework.DataPlane.Tool.Tests.Snapshots;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;
using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool.Tests.Verify;

public sealed class VerifyTests
{
    private static readonly byte[] Few = SampleStream.Lines(SampleStream.Few);

    [Fact]
    public async Task A_stream_that_is_whole_and_valid_has_exit_code_0()
    {
        var (code, answer) = await VerifyAsync(Few);

        Assert.Equal(0, code);
        Assert.Equal("whole", answer.GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task A_stream_with_missing_events_has_exit_code_1_and_names_category_and_number()
    {
        var (code, answer) = await VerifyAsync(SampleStream.Lines(SampleStream.Few.Where((_, index) => index != 5)));

        Assert.Equal(1, code);
        Assert.Equal("incomplete", answer.GetProperty("verdict").GetString());
        Assert.Equal(1, answer.GetProperty("producers").EnumerateArray().SelectMany(producer => producer.GetProperty("categories").EnumerateArray()).Sum(category => category.GetProperty("missing").GetInt64()));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(200, 1)]
    public void A_stream_is_not_called_whole_if_not_every_repeat_can_be_recognized_because_repeats_hide_what_is_missing(int repeats, int code)
    {
        var summary = new StreamSummary(maxIdSlots: 256);
        foreach (var envelope in SampleStream.All.Concat(SampleStream.All.Take(repeats)))
        {
            summary.Add(envelope);
        }

        var verification = new Verification(summary, Completeness.Of(summary.Producers), new FaultLog(), new UnknownFields(), new ClockChecks(DateTimeOffset.MaxValue), AcceptsRunning: false);

        Assert.True(summary.DuplicatesAreEstimated);
        Assert.Equal(code, verification.ExitCode);
        using var writer = new StringWriter();
        VerificationText.Write(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No }), verification);
        Assert.Contains(code == 0 ? "by their number none is missing" : "whether events are missing cannot be known", writer.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_producer_without_its_last_account_is_accepted_if_it_may_be_running()
    {
        var running = SampleStream.Lines(SampleStream.Few.Select(envelope => envelope.Payload is AccountingEvent account ? envelope with { Payload = account with { IsLast = false } } : envelope));

        Assert.Equal(1, (await VerifyAsync(running)).Code);
        Assert.Equal(0, (await VerifyAsync(running, "--accept-running")).Code);
        Assert.Equal(1, (await VerifyAsync(SampleStream.Lines(SampleStream.Few.Where((_, index) => index != 5)), "--accept-running")).Code);
    }

    [Fact]
    public async Task A_line_that_is_no_event_has_exit_code_2_and_is_named_with_line_and_field()
    {
        var text = Encoding.UTF8.GetString(Few).Split('\n');
        text[4] = text[4].Replace("\"samplingRate\":1", "\"samplingRate\":\"all\"", StringComparison.Ordinal);
        var (code, answer) = await VerifyAsync(Encoding.UTF8.GetBytes(string.Join('\n', text)));

        Assert.Equal(2, code);
        var fault = answer.GetProperty("firstFaults")[0];
        Assert.Equal(5, fault.GetProperty("line").GetInt64());
        Assert.Equal("payload.samplingRate", fault.GetProperty("field").GetString());
        Assert.EndsWith("events.jsonl", fault.GetProperty("file").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_that_are_unknown_are_noted_and_are_no_fault()
    {
        var text = Encoding.UTF8.GetString(Few).Replace("\"selectionReason\":", "\"colour\":{\"payload\":1},\"selectionReason\":", StringComparison.Ordinal);
        var (code, answer) = await VerifyAsync(Encoding.UTF8.GetBytes(text));

        Assert.Equal(0, code);
        var field = Assert.Single(answer.GetProperty("unknownFields").EnumerateArray());
        Assert.Equal("payload.colour", field.GetProperty("field").GetString());
        Assert.Equal(SampleStream.Few.Count(envelope => envelope.Payload is ExposureEvent), field.GetProperty("events").GetInt64());
    }

    [Fact]
    public async Task Events_that_arrive_twice_are_noted_and_are_no_fault()
    {
        var (code, answer) = await VerifyAsync([.. Few, .. Few]);

        Assert.Equal(0, code);
        Assert.Equal(SampleStream.Few.Count, answer.GetProperty("duplicates").GetInt64());
    }

    [Fact]
    public async Task Clocks_that_cannot_be_right_are_noted()
    {
        var late = SampleStream.Few.Select((envelope, index) => index == 7 ? envelope with { Timestamp = ToolFixture.Now.AddHours(1) } : envelope).ToList();
        var account = late.Last(envelope => envelope.Payload is AccountingEvent);
        var payload = (AccountingEvent)account.Payload;
        late.Add(account with { EventId = Guid.Parse("01a00000-0000-7000-8000-0" + payload.ProducerId), Payload = payload with { SequenceNumber = 2, IntervalEnd = payload.IntervalEnd.AddHours(-2) } });

        var clocks = (await VerifyAsync(SampleStream.Lines(late))).Answer.GetProperty("clocks");

        Assert.Equal(1, clocks.GetProperty("future").GetProperty("events").GetInt64());
        Assert.Equal(8, clocks.GetProperty("future").GetProperty("line").GetInt64());
        Assert.Equal(SampleStream.Few[7].EventId, clocks.GetProperty("future").GetProperty("eventId").GetGuid());
        Assert.Equal(3_600, clocks.GetProperty("future").GetProperty("largestSeconds").GetDouble());
        Assert.Equal(1, clocks.GetProperty("afterId").GetProperty("events").GetInt64());
        Assert.Equal(7_200, clocks.GetProperty("setBack")[0].GetProperty("seconds").GetDouble());
    }

    /// <summary>The list of known fields is written by hand.</summary>
    [Fact]
    public void Known_fields_are_those_of_the_schemas()
    {
        var folder = Path.Combine(Snapshot.ProjectDirectory, "..", "..", "docs", "schemas");
        Assert.Equal(FieldsOf("envelope"), KnownFields.OfEnvelope.Order());
        foreach (var category in Enum.GetValues<DataPlaneEventType>())
        {
            var name = category == DataPlaneEventType.AnalysisSignal ? "analysis-signal" : category.ToString().ToLowerInvariant();
            Assert.Equal(FieldsOf(name), KnownFields.OfPayload[category].Order());
        }

        IEnumerable<string> FieldsOf(string schema)
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, $"{schema}-1.0.0.schema.json")));
            return [.. json.RootElement.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order()];
        }
    }

    private static async Task<(int Code, JsonElement Answer)> VerifyAsync(byte[] file, params string[] options)
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), file);
        var run = await tool.RunAsync(["verify", "--json", tool.Path("events.jsonl"), .. options]);
        return (run.Code, JsonDocument.Parse(run.Output).RootElement);
    }
}
