using System.Text.Json.Nodes;
using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.SampleRatio;

/// <summary>Delivery is at least once: an event that arrived twice changes nothing of what is said about a split.</summary>
public sealed class RepeatedEventTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ToolFixture _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_loss_that_arrived_twice_explains_no_more_than_one_that_arrived_once(bool isParquet)
    {
        DataPlaneEnvelope[] events =
        [
            Declaration(1),
            Loss(2, count: 1_000),
            .. Enumerable.Range(0, 18_000).Select(index => Exposure(10 + index, "s" + index, index % 2 == 1 && index < 16_000 ? "b" : "control", "v1")),
        ];

        var (code, once) = await RunAsync(isParquet, events);
        var (repeatedCode, repeated) = await RunAsync(isParquet, events, events);

        Assert.Equal((1, "mismatch"), (code, (string)once["sequential"]!["state"]!));
        Assert.Equal((1, once.ToJsonString()), (repeatedCode, repeated.ToJsonString()));
    }

    [Fact]
    public async Task A_loss_that_arrives_again_after_more_of_them_than_the_monitor_remembers_counts_once()
    {
        DataPlaneEnvelope[] losses = [.. Enumerable.Range(0, 5_000).Select(index => Loss(10 + index, count: 1))];
        IEnumerable<DataPlaneEnvelope> exposures = Enumerable.Range(0, 30_000).Select(index => Exposure(10_000 + index, "s" + index, index % 2 == 1 && index < 20_000 ? "b" : "control", "v1"));

        // In one file, because equal events of two files are read one after the other.
        var (code, repeated) = await RunAsync(isParquet: false, [Declaration(1), .. losses, .. losses, .. exposures]);

        Assert.Equal((1, "mismatch"), (code, (string)repeated["sequential"]!["state"]!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Exposures_that_count_no_subject_are_counted_once(bool isParquet)
    {
        DataPlaneEnvelope[] events =
        [
            .. Enumerable.Range(0, 5).Select(index => Exposure(10 + index, subject: null, "b", "v1")),
            .. Enumerable.Range(0, 3).Select(index => Exposure(20 + index, "s" + index, "b", version: null)),
            .. Enumerable.Range(0, 7).Select(index => Exposure(30 + index, "t" + index, "b", "v1")),
        ];

        var (_, repeated) = await RunAsync(isParquet, events, events);

        Assert.Equal(5, (int)repeated["excluded"]!["no-subject"]!);
        Assert.Equal(3, (int)repeated["excluded"]!["hash-assignment"]!);
        Assert.Equal(7, (int)repeated["subjects"]!);
    }

    private async Task<(int Code, JsonNode Experiment)> RunAsync(bool isParquet, params DataPlaneEnvelope[][] copies)
    {
        var folder = _tool.Path("copies" + copies.Length);
        Directory.CreateDirectory(folder);
        for (var copy = 0; copy < copies.Length; copy++)
        {
            var path = Path.Join(folder, "host" + copy);
            if (isParquet)
            {
                await ParquetEventFiles.WriteAsync(copies[copy].ToAsyncEnumerable(), path, cancellationToken: TestContext.Current.CancellationToken);
            }
            else
            {
                await File.WriteAllBytesAsync(path + ".jsonl", SampleStream.Lines(copies[copy]), TestContext.Current.CancellationToken);
            }
        }

        var run = await _tool.RunAsync("srm", folder, "--json");
        return (run.Code, JsonNode.Parse(run.Output)!["experiments"]!.AsArray().Single(experiment => (string)experiment!["name"]! == "checkout")!);
    }

    private static DataPlaneEnvelope Exposure(int number, string? subject, string variant, string? version) => Envelope(number, new ExposureEvent
    {
        ExperimentName = "checkout", Timestamp = Start.AddMilliseconds(number), VariantKey = variant, SubjectId = subject, AllocationVersion = version,
        SelectionReason = subject is null ? SelectionReasons.NoSubject : SelectionReasons.HashAssignment,
    });

    private static DataPlaneEnvelope Declaration(int number) => Envelope(number, new AnalysisSignalEvent
    {
        ExperimentName = "checkout", Timestamp = Start, SignalType = AnalysisSignalType.AllocationDeclared, Severity = SignalSeverity.Info, Message = "Declared.",
        Data = new Dictionary<string, object?> { ["allocationVersion"] = "v1", ["weight:control"] = 1L, ["weight:b"] = 1L },
    });

    private static DataPlaneEnvelope Loss(int number, long count) => Envelope(number, new ErrorEvent
    {
        ExperimentName = "*", Timestamp = Start, Source = "pipeline", Message = "Events are lost.",
        Data = new Dictionary<string, object?>
        {
            ["experiment"] = new[] { "checkout" }, ["variant"] = new[] { "b" }, ["eventType"] = new[] { "Exposure" }, ["reason"] = new[] { "queue_full" }, ["count"] = new[] { count },
        },
    });

    private static DataPlaneEnvelope Envelope(int number, DataPlaneEvent payload) => new()
    {
        EventId = new Guid(number, 0, 0x7000, [0x80, 0, 0x0a, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f]),
        Timestamp = payload.Timestamp,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
    };
}
