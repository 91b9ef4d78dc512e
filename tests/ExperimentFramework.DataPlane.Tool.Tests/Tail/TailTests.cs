using System.Text;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Tail;

public sealed class TailTests
{
    [Fact]
    public async Task Subjects_are_redacted_unless_they_are_asked_for()
    {
        using var tool = await WithEventsAsync();

        foreach (var format in new[] { "--where=type!=Nothing", "--json" })
        {
            var redacted = await tool.RunAsync("tail", tool.Path("events.jsonl"), "-n", "1000", format);
            var shown = await tool.RunAsync("tail", tool.Path("events.jsonl"), "-n", "1000", "--show-subjects", format);

            Assert.DoesNotContain("user-", redacted.Output, StringComparison.Ordinal);
            Assert.Contains("***", redacted.Output, StringComparison.Ordinal);
            Assert.Contains("user-12", shown.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_the_last_events_are_shown_that_fulfil_all_conditions()
    {
        using var tool = await WithEventsAsync();

        var run = await tool.RunAsync("tail", tool.Path("events.jsonl"), "--where", "experiment=search", "--where", "type!=Outcome", "-n", "3", "--json", "--show-subjects");

        var expected = SampleStream.Few.Where(envelope => envelope.Payload.ExperimentName == "search" && envelope.EventType != DataPlaneEventType.Outcome).TakeLast(3);
        Assert.Equal(string.Concat(expected.Select(envelope => DataPlaneJson.Serialize(envelope) + "\n")), run.Output);
    }

    [Theory]
    [InlineData("type=Exposure", 1)]
    [InlineData("type=EXPOSURE", 1)]
    [InlineData("experiment=checkout", 1)]
    [InlineData("experiment=CHECKOUT", 0)]
    [InlineData("subject=USER-1", 0)]
    [InlineData("variant=b", 1)]
    [InlineData("subject=user-1", 1)]
    [InlineData("tenant=acme", 1)]
    [InlineData("producer=0a1b2c3d4e5", 1)]
    [InlineData("reason=hash-assignment", 1)]
    [InlineData("variant!=b", 0)]
    [InlineData("result=Failure", 0)]
    [InlineData("metric=", 1)]
    public void Conditions_compare_the_fields_that_they_name(string condition, int matches)
    {
        var exposure = new ExposureEvent
        {
            ExperimentName = "checkout",
            Timestamp = ToolFixture.Now,
            VariantKey = "control",
            AssignedVariantKey = "b",
            SubjectId = "user-1",
            TenantId = "acme",
            SelectionReason = "hash-assignment",
        };
        var envelope = SampleStream.Few[0] with { EventId = Guid.Parse("0192f0d1-0000-7000-8000-00a1b2c3d4e5"), EventType = DataPlaneEventType.Exposure, Payload = exposure };

        Assert.Equal(matches == 1, EventFilter.Parse(condition)!.Holds(envelope));
    }

    [Fact]
    public async Task A_condition_of_no_known_field_is_refused_with_those_there_are()
    {
        using var tool = await WithEventsAsync();

        var run = await tool.RunAsync("tail", tool.Path("events.jsonl"), "--where", "colour=red");

        Assert.Equal(2, run.Code);
        Assert.Contains("FIELD is one of type, experiment", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_events_are_the_latest_of_all_files()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("a.jsonl"), SampleStream.Lines(SampleStream.Few.Skip(60)));
        await File.WriteAllBytesAsync(tool.Path("b.jsonl"), SampleStream.Lines(SampleStream.Few.Take(60)));

        var run = await tool.RunAsync("tail", tool.Path("a.jsonl"), tool.Path("b.jsonl"), "-n", "5", "--json", "--show-subjects");

        Assert.Equal(Encoding.UTF8.GetString(SampleStream.Lines(SampleStream.Few.OrderBy(envelope => envelope.Timestamp).TakeLast(5))), run.Output);
    }

    [Fact]
    public async Task An_event_is_one_line_whole_in_a_pipe_and_cut_on_a_terminal()
    {
        var message = string.Concat(Enumerable.Repeat("A message of many words. ", 20)).TrimEnd();
        var error = SampleStream.Few[0] with { EventType = DataPlaneEventType.Error, Payload = new ErrorEvent { ExperimentName = "checkout", Timestamp = ToolFixture.Now, Source = "delivery", Message = message } };
        var lines = SampleStream.Lines([error, SampleStream.Few[1]]);
        using var pipe = new ToolFixture { Width = 60, IsRedirected = true };
        using var terminal = new ToolFixture { Width = 60 };
        await File.WriteAllBytesAsync(pipe.Path("events.jsonl"), lines, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(terminal.Path("events.jsonl"), lines, TestContext.Current.CancellationToken);

        var whole = (await pipe.RunAsync("tail", pipe.Path("events.jsonl"))).Output.Split('\n');
        var cut = (await terminal.RunAsync("tail", terminal.Path("events.jsonl"))).Output.Split('\n');

        Assert.Equal((3, 3), (whole.Length, cut.Length));
        Assert.Contains(whole, line => line.EndsWith(message, StringComparison.Ordinal));
        Assert.All(cut, line => Assert.True(line.Length <= 60, line));
        Assert.All(cut[..2].Zip(whole), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_that_may_identify_a_person_is_in_the_JSON_unless_it_is_asked_for()
    {
        const string person = "jane.doe@example.com";
        var attributes = new Dictionary<string, object?> { [person] = person };
        DataPlaneEvent[] payloads =
        [
            new ExposureEvent { ExperimentName = "checkout", Timestamp = ToolFixture.Now, VariantKey = "b", SubjectId = person, SelectionReason = "hash-assignment", Attributes = attributes },
            new OutcomeEvent { ExperimentName = "checkout", Timestamp = ToolFixture.Now, VariantKey = "b", SubjectId = person, OutcomeName = "PayAsync", Result = OutcomeResult.Success },
            new AssignmentEvent { ExperimentName = "checkout", Timestamp = ToolFixture.Now, SubjectId = person, PreviousVariantKey = "a", NewVariantKey = "b", ChangeReason = "weights" },
            new MetricEvent { ExperimentName = ExperimentNames.All, Timestamp = ToolFixture.Now, MetricName = "purchase", Value = 1, SubjectId = person, IdempotencyKey = person, Attributes = attributes },
            new AnalysisSignalEvent { ExperimentName = "checkout", Timestamp = ToolFixture.Now, SignalType = AnalysisSignalType.SampleRatioMismatch, Severity = SignalSeverity.Error, Message = "Broken.", Data = attributes },
            new ErrorEvent { ExperimentName = "checkout", Timestamp = ToolFixture.Now, Source = "delivery", Message = "Lost.", Data = attributes },
        ];
        var events = payloads.Select(payload => SampleStream.Few[0] with
        {
            EventId = Guid.CreateVersion7(),
            EventType = payload.EventType,
            Payload = payload,
            CorrelationId = person,
            SpanId = person,
            Metadata = new Dictionary<string, string> { ["pseudonymKeyId"] = "key-1", [person] = person },
        });
        using var tool = new ToolFixture();
        var text = Encoding.UTF8.GetString(SampleStream.Lines(events)) + Encoding.UTF8.GetString(SampleStream.Lines([events.First()])).Replace("\"Exposure\"", "\"Something\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(tool.Path("events.jsonl"), text, TestContext.Current.CancellationToken);

        var redacted = await tool.RunAsync("tail", tool.Path("events.jsonl"), "--json");
        var shown = await tool.RunAsync("tail", tool.Path("events.jsonl"), "--json", "--show-subjects");

        Assert.Equal((0, "", ""), (redacted.Code, redacted.Error, shown.Error));
        Assert.Equal(7, redacted.Output.TrimEnd().Split('\n').Length);
        Assert.DoesNotContain("jane", redacted.Output, StringComparison.Ordinal);
        Assert.Contains("\"pseudonymKeyId\":\"key-1\"", redacted.Output, StringComparison.Ordinal);
        Assert.Equal(7, shown.Output.Split('\n').Count(line => line.Contains(person, StringComparison.Ordinal)));
    }

    private static async Task<ToolFixture> WithEventsAsync()
    {
        var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few));
        return tool;
    }
}
