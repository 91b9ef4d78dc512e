using System.Globalization;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Reads composite formats, such as those of <c>string.Format</c>.</summary>
internal static class CompositeFormat
{
    /// <summary>Returns the placeholders of a format: the index of each argument, and its own format, or null if it has none.</summary>
    public static IEnumerable<(int Index, string? Format)> Placeholders(string format)
    {
        for (var at = format.IndexOf('{'); at >= 0; at = at < format.Length ? format.IndexOf('{', at) : -1)
        {
            var end = format.IndexOf('}', at);
            if (at + 1 < format.Length && format[at + 1] == '{')
            {
                at += 2;
                continue;
            }

            if (end < 0)
            {
                yield break;
            }

            var placeholder = format.Substring(at + 1, end - at - 1);
            var colon = placeholder.IndexOf(':');
            var index = (colon < 0 ? placeholder : placeholder.Substring(0, colon)).Split(',')[0].Trim();
            if (int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                yield return (number, colon < 0 ? null : placeholder.Substring(colon + 1));
            }

            at = end + 1;
        }
    }
}
