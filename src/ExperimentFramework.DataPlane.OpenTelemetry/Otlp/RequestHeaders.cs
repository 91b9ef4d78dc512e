namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The headers that options add to every request.</summary>
internal static class RequestHeaders
{
    /// <summary>Headers that belong to the content or the connection.</summary>
    private static readonly string[] Own = ["Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Host", "Connection"];

    /// <summary>Adds a header to a request; false if it is not a header that a request can have.</summary>
    public static bool TryAdd(HttpRequestMessage request, string name, string value)
    {
        try
        {
            return !Own.Contains(name, StringComparer.OrdinalIgnoreCase)
                && value.All(static character => character is >= ' ' and <= '~' or '\t')
                && request.Headers.TryAddWithoutValidation(name, value);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }
}
