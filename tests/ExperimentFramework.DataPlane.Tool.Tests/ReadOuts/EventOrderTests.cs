using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.ReadOuts;

/// <summary>A read-out is the same whatever the order and form in which files hold the events.</summary>
public sealed class EventOrderTests : IDisposable
{
    private static readonly IReadOnlyList<DataPlaneEnvelope> Exposures = [.. SampleStream.All.Where(envelope => envelope.Payload.ExperimentName == "checkout")];

    private readonly ToolFixture _tool = new();

    [Fact]
    public async Task It_is_the_same_from_Parquet_and_from_the_JSON_lines_that_it_was_converted_to()
    {
        var expected = await ExpectedAsync();
        await ParquetEventFiles.WriteAsync(Exposures.Concat(SampleStream.Purchases).ToAsyncEnumerable(), _tool.Path("archive"), cancellationToken: TestContext.Current.CancellationToken);
        var conversion = await _tool.RunAsync("convert", _tool.Path("archive"), "-o", _tool.Path("converted.jsonl"));

        Assert.Equal((0, ""), (conversion.Code, conversion.Error));
        Assert.Equal(expected, await ReadOutAsync("archive"));
        Assert.Equal(expected, await ReadOutAsync("converted.jsonl"));
    }

    [Fact]
    public async Task It_is_the_same_from_lines_that_are_in_no_order()
    {
        var expected = await ExpectedAsync();
        var lines = SampleStream.Lines(Exposures.Concat(SampleStream.Purchases));
        await File.WriteAllBytesAsync(_tool.Path("concatenated.jsonl"), lines, TestContext.Current.CancellationToken);
        _tool.Input = lines;

        Assert.Equal(expected, await ReadOutAsync("concatenated.jsonl"));
        Assert.Equal(expected, await ReadOutAsync("-"));
    }

    [Fact]
    public async Task It_is_the_same_from_Parquet_by_any_name()
    {
        var expected = await ExpectedAsync();
        await ParquetEventFiles.WriteAsync(Exposures.Concat(Others()).Concat(SampleStream.Purchases).ToAsyncEnumerable(), _tool.Path("archive"), cancellationToken: TestContext.Current.CancellationToken);
        Directory.CreateDirectory(_tool.Path("renamed"));
        foreach (var file in Directory.EnumerateFiles(_tool.Path("archive"), "*.parquet", SearchOption.AllDirectories))
        {
            File.Move(file, _tool.Path($"renamed/{Path.GetFileName(Path.GetDirectoryName(file))}.jsonl"));
        }

        Assert.Equal(expected, await ReadOutAsync("renamed"));

        // Rows are sorted by experiment first: those of another one come before.
        static IEnumerable<DataPlaneEnvelope> Others() => SampleStream.All.Where(envelope => envelope.Payload is ExposureEvent { ExperimentName: "search" })
            .Select(envelope => envelope with { Payload = (ExposureEvent)envelope.Payload with { ExperimentName = "basket" } });
    }

    [Fact]
    public async Task An_event_from_the_future_closes_no_window_and_is_warned_of()
    {
        var expected = await ExpectedAsync();
        var time = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var late = SampleStream.Purchases[0] with { EventId = Guid.CreateVersion7(time), Timestamp = time, Payload = (MetricEvent)SampleStream.Purchases[0].Payload with { Timestamp = time, MetricName = "visit" } };
        await File.WriteAllBytesAsync(_tool.Path("future.jsonl"), SampleStream.Lines([late, .. Exposures, .. SampleStream.Purchases]), TestContext.Current.CancellationToken);

        var run = await _tool.RunAsync("readout", _tool.Path("future.jsonl"), "-e", "checkout", "--plan", _tool.Path("plan.json"), "--json");

        Assert.Equal((0, expected), (run.Code, run.Output));
        Assert.Equal("warning: 1 event is so far in the future that a clock must be wrong. No window was closed by it; dataplane verify says where the first one is.\n", run.Error);
    }

    [Fact]
    public async Task An_experiment_is_found_among_any_number_of_others()
    {
        var exposure = Exposures.First(envelope => envelope.Payload is ExposureEvent);
        var others = Enumerable.Range(0, 1_100).Select(index => exposure with { EventId = Guid.CreateVersion7(exposure.Timestamp), Payload = (ExposureEvent)exposure.Payload with { ExperimentName = $"experiment-{index:d4}" } });
        var expected = await ExpectedAsync();
        await File.WriteAllBytesAsync(_tool.Path("many.jsonl"), SampleStream.Lines([.. others, .. Exposures, .. SampleStream.Purchases]), TestContext.Current.CancellationToken);

        Assert.Equal(expected, await ReadOutAsync("many.jsonl"));
        var all = await _tool.RunAsync("srm", _tool.Path("many.jsonl"));
        Assert.Contains("to experiments beyond the first 1,000, which were not looked at. Name the one you mean with --experiment.", all.Error, StringComparison.Ordinal);
        var one = await _tool.RunAsync("srm", _tool.Path("many.jsonl"), "-e", "checkout");
        Assert.Equal((0, ""), (one.Code, one.Error));
        var report = await _tool.RunAsync("report", _tool.Path("many.jsonl"), "-o", _tool.Path("report.md"), "-e", "checkout");
        Assert.Equal((0, ""), (report.Code, report.Error));
    }

    public void Dispose() => _tool.Dispose();

    /// <summary>The read-out of events in the order of their times.</summary>
    private async Task<string> ExpectedAsync()
    {
        await File.WriteAllTextAsync(_tool.Path("plan.json"), """{"experiment":"checkout","metric":"purchase","window":"00:01:00","baseline":0.1}""", TestContext.Current.CancellationToken);
        var ordered = Exposures.Concat(SampleStream.Purchases).OrderBy(envelope => envelope.Timestamp).ThenBy(envelope => envelope.EventId);
        await File.WriteAllBytesAsync(_tool.Path("ordered.jsonl"), SampleStream.Lines(ordered), TestContext.Current.CancellationToken);
        var expected = await ReadOutAsync("ordered.jsonl");
        Assert.Contains("\"verdict\": \"higher\"", expected, StringComparison.Ordinal);
        return expected;
    }

    private async Task<string> ReadOutAsync(string source)
    {
        var run = await _tool.RunAsync("readout", source == "-" ? source : _tool.Path(source), "-e", "checkout", "--plan", _tool.Path("plan.json"), "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        return run.Output;
    }
}
