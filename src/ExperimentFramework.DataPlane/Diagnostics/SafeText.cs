using System.Collections.Frozen;
using System.Data.Common;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Exception texts that cannot identify a person, so that operators see why a destination or a store fails while ids are redacted: the data plane's own
/// texts, the operating system's texts for error codes, and messages about input and output that consist of <see cref="PlainWords"/> only. A message of the
/// framework is not safe by itself: it may quote a path, a key or an address.
/// </summary>
internal static class SafeText
{
    private const int MaxErrorDigits = 4;

    private const string OwnMark = "ExperimentFramework.DataPlane.OwnText";

    /// <summary>The words that operating systems and frameworks use in messages about input and output.</summary>
    private static readonly FrozenSet<string> PlainWords =
        """
        a about abort aborted access active address after again all allowed already an and any argument attempt available bad be because been before being beyond block broken buffer busy by bytes
        call canceled cancelled cannot capacity change client close closed closing command complete completed configured connect connected connecting connection content could
        data database deadline denied descriptor destination device did directory disconnected disk does down drive due during
        elapsed empty end enough error ended established exceeded exceeds exist existing exists expired
        failed failure faulted file files filename finished for forcibly free from full
        given had handle has have header host hosts i/o illegal in inaccessible incomplete input insufficient interrupted invalid io is it its journal known
        large left limit link list local lock locked long lost malformed many maximum memory message missing mounted more moved name needed network no non not number
        object of off offline on one only open opened operation or other out output over
        part partition path peer perform performed period permission permitted pipe port possible premature prematurely process properly protocol provided
        queue quota reached read reading read-only readonly ready received refused remote request required reset resource resources respond response resolve retry route
        security seek server service share shared shut shutdown size small socket space specified sqlite state stopped storage store stream success such supported system
        table task temporarily temporary than that the there this thread time timed timeout time-out to too transport try
        unable unavailable unexpected unexpectedly unknown unreachable until up usable use used using violation volume waiting was wait while with within without write writing written
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Marks an exception whose message was written by the data plane and contains no application values.</summary>
    public static TException Own<TException>(TException exception)
        where TException : Exception
    {
        exception.Data[OwnMark] = true;
        return exception;
    }

    /// <summary>Whether the message was written by the data plane.</summary>
    public static bool IsOwn(Exception exception)
    {
        try
        {
            return exception.Data.Contains(OwnMark);
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>Returns the text that may be shown besides the exception's type; null if there is none.</summary>
    public static string? Of(Exception exception)
    {
        try
        {
            return IsOwn(exception) ? exception.Message
                : exception is SocketException socket ? socket.SocketErrorCode.ToString()
                : exception is HttpRequestException http ? Http(http) ?? Plain(http)
                : exception is IOException io ? SystemError(io.HResult) ?? Plain(io)
                : exception is TimeoutException or OperationCanceledException or UnauthorizedAccessException or DbException ? Plain(exception)
                : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static string? Http(HttpRequestException http) =>
        http.StatusCode is { } status ? $"{(int)status} {status}"
        : http.HttpRequestError != HttpRequestError.Unknown ? http.HttpRequestError.ToString()
        : null;

    /// <summary>Returns the operating system's text for the exception's error code, which is an errno on Unix and an HRESULT of facility 7 on Windows.</summary>
    private static string? SystemError(int code)
    {
        const int win32 = unchecked((int)0x80070000);
        return OperatingSystem.IsWindows()
            ? (code & 0xffff0000) == (win32 & 0xffff0000) ? Marshal.GetPInvokeErrorMessage(code & 0xffff) : null
            : code is > 0 and < 4_096 ? Marshal.GetPInvokeErrorMessage(code) : null;
    }

    private static string? Plain(Exception exception)
    {
        var message = exception.Message;
        var words = PlainWords.GetAlternateLookup<ReadOnlySpan<char>>();
        ReadOnlySpan<char> before = "";
        foreach (var range in message.AsSpan().SplitAny(" \t\r\n"))
        {
            var word = message.AsSpan(range).Trim(".,:;!()'");
            if (word.IsEmpty)
            {
                continue;
            }

            var isErrorNumber = before.Equals("error", StringComparison.OrdinalIgnoreCase) && word.Length <= MaxErrorDigits && !word.ContainsAnyExceptInRange('0', '9');
            if (!isErrorNumber && !words.Contains(word))
            {
                return null;
            }

            before = word;
        }

        return message;
    }
}
