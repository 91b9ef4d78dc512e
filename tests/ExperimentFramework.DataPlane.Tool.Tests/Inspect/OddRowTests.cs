using System.Globalization;
using System.Text.Json.Nodes;
using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Inspect;

/// <summary>Of Parquet, commands read only the columns that they need, and read names that repeat once. The counts are those of whole events, whatever the rows hold.</summary>
public sealed class OddRowTests
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("inspect")]
    [InlineData("srm")]
    [InlineData("srm", "--segment", "country")]
    public async Task Counts_over_columns_are_those_over_whole_events(string command, params string[] options)
    {
        using var tool = new ToolFixture();
        DataPlaneEnvelope[] events = [Declaration("käse"), .. Exposures(), .. Outcomes()];
        await File.WriteAllBytesAsync(tool.Path("whole.jsonl"), SampleStream.Lines(events), TestContext.Current.CancellationToken);
        await ParquetEventFiles.WriteAsync(
            events.ToAsyncEnumerable(), tool.Path("columns"), new ParquetDataBackplaneOptions { RowGroupRows = 32_768 }, TestContext.Current.CancellationToken);

        var whole = await tool.RunAsync([command, tool.Path("whole.jsonl"), "--json", .. options]);
        var columns = await tool.RunAsync([command, tool.Path("columns"), "--json", .. options]);

        Assert.Equal((whole.Code, ""), (columns.Code, columns.Error));
        Assert.Equal(WithoutFiles(whole), WithoutFiles(columns));
    }

    /// <summary>In the order in which Parquet has them, for more than one group of rows.</summary>
    private static IEnumerable<DataPlaneEnvelope> Exposures() => Enumerable.Range(0, 40_000)
        .Select(number => (Number: number, Experiment: number % 5 == 0 ? "käse" : number % 7 == 0 ? new string('x', 300) : $"e{number % 3}"))
        .OrderBy(row => System.Text.Encoding.UTF8.GetBytes(row.Experiment), Comparer<byte[]>.Create(static (one, other) => one.AsSpan().SequenceCompareTo(other)))
        .ThenBy(row => row.Number)
        .Select(row => Exposure(row.Number, row.Experiment));

    private static DataPlaneEnvelope Exposure(int number, string experiment)
    {
        var exposure = new ExposureEvent
        {
            ExperimentName = experiment,

            // Some happened at another time than their envelope says.
            Timestamp = number % 11 == 0 ? Time(number).AddDays(-1).AddTicks(7) : Time(number),
            VariantKey = number % 13 == 0 ? "" : number % 2 == 0 ? "control" : "böse",
            AssignedVariantKey = number % 17 == 0 ? (number % 3 == 0 ? "control" : $"variant-{number % 70}") : null,
            SubjectId = number % 19 == 0 ? null : number % 23 == 0 ? "" : number % 29 == 0 ? new string('漢', number % 200) : string.Create(CultureInfo.InvariantCulture, $"u{number % 9_000}"),
            SubjectType = number % 4 == 0 ? null : number % 31 == 0 ? "" : "user",
            TenantId = number % 3 == 0 ? string.Create(CultureInfo.InvariantCulture, $"tenant-{number % 600}") : null,
            SelectionReason = number % 37 == 0 ? string.Create(CultureInfo.InvariantCulture, $"reason {number}") : "hash-assignment",
            AllocationVersion = number % 41 == 0 ? null : number % 43 == 0 ? string.Create(CultureInfo.InvariantCulture, $"v{number % 300}") : "v1",
            IsRepeatExposure = number % 5 == 0,
            SamplingRate = 0.5,
            VariantBuild = number % 2 == 0 ? null : new Guid(number % 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            Attributes = number % 6 == 0 ? null : new Dictionary<string, object?> { ["country"] = number % 2 == 0 ? "DE" : (object)(long)number },
        };
        return Envelope(number, exposure) with
        {
            SchemaVersion = number % 47 == 0 ? "1.4.0" : "1.0.0",
            Metadata = number % 8 == 0 ? new Dictionary<string, string>() : number % 3 == 0 ? null : new Dictionary<string, string> { ["pseudonymKeyId"] = number < 20_000 ? "k1" : "k2" },
        };
    }

    private static IEnumerable<DataPlaneEnvelope> Outcomes() => Enumerable.Range(0, 2_000).Select(number => Envelope(100_000 + number, new OutcomeEvent
    {
        ExperimentName = "käse",
        Timestamp = Time(100_000 + number),
        VariantKey = "control",
        AssignedVariantKey = number % 5 == 0 ? "b" : null,
        SubjectId = number % 7 == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"u{number}"),
        OutcomeName = "PayAsync",
        Result = number % 3 == 0 ? OutcomeResult.Failure : OutcomeResult.Success,
    }));

    private static DataPlaneEnvelope Declaration(string experiment) => Envelope(200_000, new AnalysisSignalEvent
    {
        ExperimentName = experiment,
        Timestamp = Begin,
        SignalType = AnalysisSignalType.AllocationDeclared,
        Severity = SignalSeverity.Info,
        Message = "The weights.",
        Data = new Dictionary<string, object?> { ["allocationVersion"] = "v1", ["weight:control"] = 50L, ["weight:böse"] = 50L },
    });

    private static DataPlaneEnvelope Envelope(int number, DataPlaneEvent payload) => new()
    {
        EventId = Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"{number:x8}-0000-7000-8000-00a1b2c3d4e{number % 3}")),
        Timestamp = Time(number),
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
    };

    private static DateTimeOffset Time(int number) => Begin.AddSeconds(number).AddTicks(number % 10);

    private static string WithoutFiles(ToolRun run)
    {
        var answer = JsonNode.Parse(run.Output)!.AsObject();
        answer.Remove("files");
        return answer.ToJsonString();
    }
}
