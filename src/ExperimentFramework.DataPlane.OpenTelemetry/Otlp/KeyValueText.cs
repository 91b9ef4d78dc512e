namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// Reads lists of environment variables, <c>key1=value1,key2=value2</c>, whose values are percent-encoded: the format of W3C Baggage
/// (https://www.w3.org/TR/baggage/#header-content) without properties.
/// </summary>
internal static class KeyValueText
{
    /// <summary>Reads a list; false if the text is not a list.</summary>
    public static bool TryRead(string text, out List<KeyValuePair<string, string>> entries)
    {
        entries = [];
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                return false;
            }

            entries.Add(new(Uri.UnescapeDataString(entry[..equals].Trim()), Uri.UnescapeDataString(entry[(equals + 1)..].Trim())));
        }

        return true;
    }
}
