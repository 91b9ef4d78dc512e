using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>What partitions send to the coordinator of an experiment: a report, or an event that concerns the experiment.</summary>
internal static class CoordinatorMessage
{
    /// <summary>An event of losses concerns at most this many experiments: a stream can name any number.</summary>
    private const int MaxNames = 1_000;

    /// <summary>The columns of the data of an error event that reports losses.</summary>
    private static readonly string[] LossColumns = ["experiment", "variant", "eventType", "reason", "count"];

    private const byte ReportKind = (byte)'R';
    private const byte EventKind = (byte)'E';

    /// <summary>Writes a report.</summary>
    public static byte[] ToBytes(PartitionReport report) => [ReportKind, .. ReportFormat.Write(report)];

    /// <summary>Writes an event.</summary>
    public static byte[] ToBytes(DataPlaneEnvelope envelope) => [EventKind, .. Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(envelope))];

    /// <summary>Reads what was written.</summary>
    /// <exception cref="InvalidDataException">It is neither.</exception>
    public static (PartitionReport? Report, DataPlaneEnvelope? Event) Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes.IsEmpty ? throw new FormatException("The message is empty.") : bytes[0] switch
            {
                ReportKind => (ReportFormat.Read(bytes[1..]), null),
                EventKind => (null, DataPlaneJson.Deserialize(bytes[1..])),
                _ => throw new FormatException("The message is neither a report nor an event."),
            };
        }
        catch (Exception exception) when (exception is FormatException or IOException or JsonException or ArgumentException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <summary>Finds the experiments that an event concerns, and what it says of each.</summary>
    public static IEnumerable<(string Experiment, DataPlaneEnvelope Part)> Of(DataPlaneEnvelope envelope) => envelope.Payload switch
    {
        AnalysisSignalEvent signal when NameRules.Validate(signal.ExperimentName) is null && (signal.SignalType == AnalysisSignalType.AllocationDeclared || IsReset(signal)) => [(signal.ExperimentName, envelope)],

        AccountingEvent account => Parts(envelope, account),
        ErrorEvent { Data: { } loss } error => Parts(envelope, error, loss),
        _ => [],
    };

    /// <summary>Whether a signal says that the subjects of its experiment are to be counted from zero.</summary>
    public static bool IsReset(AnalysisSignalEvent signal) =>
        signal is { SignalType: AnalysisSignalType.SampleRatioMismatch, Data: { } data } && data.GetValueOrDefault("state") is "reset";

    /// <summary>Accounts are totals of what was lost, so one that does not name an experiment says nothing new of it.</summary>
    private static IEnumerable<(string Experiment, DataPlaneEnvelope Part)> Parts(DataPlaneEnvelope envelope, AccountingEvent account) => account.Drops
        .Where(static row => row.EventType == nameof(DataPlaneEventType.Exposure))
        .GroupBy(static row => row.ExperimentName, StringComparer.Ordinal)
        .Where(static rows => NameRules.Validate(rows.Key) is null)
        .Take(MaxNames)
        .Select(rows => (rows.Key, envelope with { Payload = account with { Calls = [], Published = [], Drops = [.. rows] } }));

    private static IEnumerable<(string Experiment, DataPlaneEnvelope Part)> Parts(DataPlaneEnvelope envelope, ErrorEvent error, IReadOnlyDictionary<string, object?> loss)
    {
        var columns = LossColumns.Select(name => Column(loss, name)).ToArray();
        return Enumerable.Range(0, columns[0].Length)
            .Where(row => columns[0][row] is string name && NameRules.Validate(name) is null)
            .GroupBy(row => (string)columns[0][row]!, StringComparer.Ordinal)
            .Take(MaxNames)
            .Select(rows => (rows.Key, envelope with
            {
                Payload = error with
                {
                    Message = string.Empty,
                    Data = LossColumns.Zip(columns).ToDictionary(static column => column.First, column => (object?)rows.Select(row => row < column.Second.Length ? column.Second[row] : null).ToArray()),
                },
            }));
    }

    private static object?[] Column(IReadOnlyDictionary<string, object?> loss, string name) =>
        loss.GetValueOrDefault(name) is System.Collections.IEnumerable values and not string ? [.. values.Cast<object?>()] : [];
}
