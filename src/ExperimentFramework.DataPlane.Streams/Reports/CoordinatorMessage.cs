using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>What partitions send to the coordinator of an experiment: a report, or an event that concerns the experiment.</summary>
internal static class CoordinatorMessage
{
    private const byte ReportKind = (byte)'R';
    private const byte EventKind = (byte)'E';

    /// <summary>Writes a report.</summary>
    public static byte[] ToBytes(PartitionReport report) => [ReportKind, .. JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.PartitionReport)];

    /// <summary>Writes an event.</summary>
    public static byte[] ToBytes(DataPlaneEnvelope envelope) => [EventKind, .. Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(envelope))];

    /// <summary>Reads what was written.</summary>
    /// <exception cref="JsonException">It is neither.</exception>
    public static (PartitionReport? Report, DataPlaneEnvelope? Event) Read(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? throw new JsonException("The message is empty.") : bytes[0] switch
    {
        ReportKind => (JsonSerializer.Deserialize(bytes[1..], ReportJson.Default.PartitionReport) ?? throw new JsonException("The report is null."), null),
        EventKind => (null, DataPlaneJson.Deserialize(bytes[1..])),
        _ => throw new JsonException("The message is neither a report nor an event."),
    };

    /// <summary>Finds the experiments that an event concerns, and what it says of each.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="known">The experiments that are monitored: an account that does not name one says that it has lost nothing.</param>
    public static IEnumerable<(string Experiment, DataPlaneEnvelope Part)> Of(DataPlaneEnvelope envelope, IEnumerable<string> known) => envelope.Payload switch
    {
        AnalysisSignalEvent signal when signal.SignalType is AnalysisSignalType.AllocationDeclared or AnalysisSignalType.PlanDeclared || IsReset(signal) => [(signal.ExperimentName, envelope)],
        AccountingEvent account => known.Union(Exposed(account)).Select(experiment => (experiment, envelope with { Payload = Part(account, experiment) })),
        ErrorEvent { Data: { } loss } => loss.GetValueOrDefault("experiment") is System.Collections.IEnumerable names and not string
            ? names.OfType<string>().Distinct(StringComparer.Ordinal).Select(experiment => (experiment, envelope))
            : [],
        _ => [],
    };

    /// <summary>Whether a signal says that the subjects of its experiment are to be counted anew.</summary>
    public static bool IsReset(AnalysisSignalEvent signal) =>
        signal is { SignalType: AnalysisSignalType.SampleRatioMismatch, Data: { } data } && data.GetValueOrDefault("state") is "reset";

    private static IEnumerable<string> Exposed(AccountingEvent account) =>
        account.Published.Where(static row => row.EventType == nameof(DataPlaneEventType.Exposure)).Select(static row => row.ExperimentName);

    private static AccountingEvent Part(AccountingEvent account, string experiment) => account with
    {
        Calls = [],
        Published = [.. account.Published.Where(row => row.ExperimentName == experiment)],
        Drops = [.. account.Drops.Where(row => row.ExperimentName == experiment)],
    };
}
