using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>A small line of counts, next to a number with the same information.</summary>
internal static class Sparkline
{
    private const int Width = 118;
    private const int Height = 22;

    public static HtmlText Write(IReadOnlyList<long> counts)
    {
        var highest = Math.Max(1, counts.Max());
        var points = new StringBuilder();
        for (var index = 0; index < counts.Count; index++)
        {
            points.Append(CultureInfo.InvariantCulture, $"{index * (double)Width / Math.Max(1, counts.Count - 1):0.#},{1 + ((Height - 2) * (1 - (counts[index] / (double)highest))):0.#} ");
        }

        return HtmlText.Of($"<svg class=\"spark\" viewBox=\"0 0 {Width} {Height}\" aria-hidden=\"true\"><polyline points=\"{points.ToString().TrimEnd()}\"/></svg>");
    }
}
