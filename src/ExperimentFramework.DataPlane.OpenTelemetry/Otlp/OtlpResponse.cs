using System.Text;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// Reads an <c>ExportLogsServiceResponse</c> of opentelemetry-proto: how many records the collector rejected, and why. Fields of newer versions are skipped.
/// </summary>
/// <param name="Rejected">The number of rejected records.</param>
/// <param name="Message">Why they were rejected, or a warning; null if the collector sent no message.</param>
internal readonly record struct OtlpResponse(long Rejected, string? Message)
{
    private const int PartialSuccess = 1;
    private const int RejectedLogRecords = 1;
    private const int ErrorMessage = 2;

    /// <summary>Reads a response; false if the bytes are not a response.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out OtlpResponse response)
    {
        response = default;
        while (!message.IsEmpty)
        {
            if (!TryReadField(ref message, out var field, out _, out var value))
            {
                return false;
            }

            if (field == PartialSuccess && !TryReadPartialSuccess(value, ref response))
            {
                return false;
            }
        }

        return response.Rejected >= 0;
    }

    /// <summary>Returns the message of a <c>google.rpc.Status</c>, with which a collector explains a failure; null if there is none.</summary>
    public static string? MessageOfStatus(ReadOnlySpan<byte> status)
    {
        var response = default(OtlpResponse);
        return TryReadPartialSuccess(status, ref response) ? response.Message : null;
    }

    private static bool TryReadPartialSuccess(ReadOnlySpan<byte> message, ref OtlpResponse response)
    {
        while (!message.IsEmpty)
        {
            if (!TryReadField(ref message, out var field, out var number, out var value))
            {
                return false;
            }

            response = field switch
            {
                RejectedLogRecords => response with { Rejected = (long)number },
                ErrorMessage when !value.IsEmpty => response with { Message = Encoding.UTF8.GetString(value) },
                _ => response,
            };
        }

        return true;
    }

    private static bool TryReadField(ref ReadOnlySpan<byte> message, out int field, out ulong number, out ReadOnlySpan<byte> value)
    {
        field = 0;
        number = 0;
        value = default;
        if (!TryReadVarint(ref message, out var tag) || tag >> 3 is 0 or > int.MaxValue)
        {
            return false;
        }

        field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                return TryReadVarint(ref message, out number);
            case 1:
                return TryTake(ref message, sizeof(ulong), out value);
            case 2:
                return TryReadVarint(ref message, out var length) && length <= int.MaxValue && TryTake(ref message, (int)length, out value);
            case 5:
                return TryTake(ref message, sizeof(uint), out value);
            default:
                return false;
        }
    }

    private static bool TryTake(ref ReadOnlySpan<byte> message, int length, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (message.Length < length)
        {
            return false;
        }

        value = message[..length];
        message = message[length..];
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (var i = 0; i < message.Length && i < 10; i++)
        {
            value |= (ulong)(message[i] & 0x7f) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
