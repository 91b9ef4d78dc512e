using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Verify;

public sealed class ProducerBoundTests
{
    [Fact]
    public async Task Producers_that_are_counted_together_are_never_called_complete()
    {
        // Each says that it published two events, and one of each arrived; but two of the last two did.
        var account = (AccountingEvent)SampleStream.Few.First(envelope => envelope.Payload is AccountingEvent).Payload;
        var exposure = SampleStream.Few.First(envelope => envelope.Payload is ExposureEvent);
        List<DataPlaneEnvelope> events = [];
        for (var producer = 0; producer < 10_002; producer++)
        {
            var id = $"{producer + 1:x11}";
            var isShared = producer >= 10_000;
            Add(exposure, id, exposure.Payload);
            if (!isShared)
            {
                Add(exposure, id, exposure.Payload);
            }

            Add(SampleStream.Few[^1], id, account with { ProducerId = id, Drops = [], Published = [new AccountedEvents { ExperimentName = "checkout", VariantKey = "", EventType = "Exposure", Count = 2 }] });
        }

        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(events), TestContext.Current.CancellationToken);
        var run = await tool.RunAsync("verify", tool.Path("events.jsonl"), "--accept-running");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("(other)", run.Output, StringComparison.Ordinal);
        Assert.Contains("it is not known whether events of them are missing", run.Output, StringComparison.Ordinal);

        void Add(DataPlaneEnvelope like, string id, DataPlaneEvent payload) =>
            events.Add(like with { EventId = Guid.Parse($"019ca9a6-6c00-7000-{0x8000 | (events.Count & 0x3FFF):x4}-0{id}"), Payload = payload });
    }

    [Fact]
    public async Task Notes_keep_paths_in_one_piece()
    {
        using var tool = new ToolFixture { Width = 40 };
        var late = SampleStream.Few[0] with { Timestamp = ToolFixture.Now.AddHours(1) };
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines([late]), TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("verify", tool.Path("events.jsonl"));

        Assert.Contains("happened later than now, by up to 3600 s; the first one is line 1 of FOLDER/events.jsonl. A clock was wrong.\n", run.Output, StringComparison.Ordinal);
    }
}
