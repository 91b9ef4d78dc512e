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
    [InlineData("experiment=CHECKOUT", 1)]
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
            ExperimentName = "checkout", Timestamp = ToolFixture.Now, VariantKey = "control", AssignedVariantKey = "b", SubjectId = "user-1", TenantId = "acme", SelectionReason = "hash-assignment",
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
    public async Task Following_shows_each_new_event_once_also_when_its_file_is_finished_under_another_name()
    {
        using var tool = new ToolFixture();
        const string name = "20260301T120000.0000000Z-0123456789abcdef0123456789abcdef";
        Directory.CreateDirectory(tool.Path("events"));
        await File.WriteAllBytesAsync(tool.Path($"events/{name}.jsonl.open"), SampleStream.Lines(SampleStream.Few.Take(10)));
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(ToolFixture.Now) { AutoAdvanceAmount = TimeSpan.Zero };
        var console = tool.Console(time);
        using var end = new CancellationTokenSource();
        var following = new FollowedFiles(console, [tool.Path("events")], fault => Assert.Fail(fault.Message));
        await using var events = following.ReadAsync(end.Token).GetAsyncEnumerator(end.Token);
        var seen = new List<Guid>();

        await TakeAsync(10);
        await AppendAsync(SampleStream.Few.Skip(10).Take(5));
        await TakeAsync(5);
        File.Move(tool.Path($"events/{name}.jsonl.open"), tool.Path($"events/{name}.jsonl"));
        await File.WriteAllBytesAsync(tool.Path("events/other.jsonl"), SampleStream.Lines(SampleStream.Few.Skip(15).Take(2)));
        await TakeAsync(2);

        Assert.Equal(SampleStream.Few.Take(17).Select(envelope => envelope.EventId), seen);

        async Task AppendAsync(IEnumerable<DataPlaneEnvelope> more)
        {
            await using var file = new FileStream(tool.Path($"events/{name}.jsonl.open"), FileMode.Append);
            await file.WriteAsync(SampleStream.Lines(more));
        }

        async Task TakeAsync(int count)
        {
            for (var taken = 0; taken < count; taken++)
            {
                var next = events.MoveNextAsync().AsTask();
                while (!next.IsCompleted)
                {
                    time.Advance(TimeSpan.FromMilliseconds(250));
                    await Task.Yield();
                }

                Assert.True(await next);
                seen.Add(events.Current.Envelope.EventId);
            }
        }
    }

    private static async Task<ToolFixture> WithEventsAsync()
    {
        var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few));
        return tool;
    }
}
