using System.Text;

namespace ExperimentFramework.StreamingSample;

/// <summary>
/// Finds the exposures in an OTLP request, which is a tree of Protocol Buffers messages
/// (<see href="https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto">logs.proto</see>). A collector does this for you.
/// </summary>
internal static class OtlpExposures
{
    private const int ResourceLogs = 1;
    private const int ScopeLogs = 2;
    private const int LogRecords = 2;
    private const int Attributes = 6;
    private const int EventName = 12;
    private const int Key = 1;
    private const int Value = 2;
    private const int StringValue = 1;

    /// <summary>Returns the assigned variant and the subject of each exposure.</summary>
    public static IEnumerable<(string Variant, string Subject)> Read(byte[] request)
    {
        foreach (var record in In(request, ResourceLogs).SelectMany(resource => In(resource, ScopeLogs)).SelectMany(scope => In(scope, LogRecords)))
        {
            var attributes = In(record, Attributes).ToDictionary(attribute => Text(attribute, Key), attribute => In(attribute, Value).Select(value => Text(value, StringValue)).FirstOrDefault(""));
            if (Text(record, EventName) == "feature_flag.evaluation" && attributes.TryGetValue("feature_flag.context.id", out var subject))
            {
                yield return (attributes["experiment.arm"], subject);
            }
        }
    }

    private static string Text(ReadOnlyMemory<byte> message, int field) => Encoding.UTF8.GetString(In(message, field).FirstOrDefault().Span);

    /// <summary>Returns the messages and strings in a field of a message.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> In(ReadOnlyMemory<byte> message, int field)
    {
        while (message.Length > 0)
        {
            var tag = Number(ref message);
            var length = (tag & 7) switch
            {
                0 => Skip(ref message),
                1 => 8,
                2 => (int)Number(ref message),
                5 => 4,
                var other => throw new InvalidDataException($"The wire type {other} is not in OTLP."),
            };
            if (tag >> 3 == (ulong)field)
            {
                yield return message[..length];
            }

            message = message[length..];
        }
    }

    private static int Skip(ref ReadOnlyMemory<byte> message)
    {
        _ = Number(ref message);
        return 0;
    }

    private static ulong Number(ref ReadOnlyMemory<byte> message)
    {
        var number = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message.Span[0];
            message = message[1..];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }
    }
}
