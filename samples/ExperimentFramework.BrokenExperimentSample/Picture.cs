using System.Globalization;
using System.Text;

namespace ExperimentFramework.BrokenExperimentSample;

/// <summary>Draws the share of a variant and the evidence against the planned split, as SVG.</summary>
internal static class Picture
{
    private const int Left = 70;
    private const int Width = 700;
    private const int Height = 180;
    private const double SmallestShare = 0.47;
    private const double LargestShare = 0.53;

    public static void Write(string path, IReadOnlyList<Progress> points, double loss)
    {
        var last = points[^1].Subjects;
        var mostEvidence = Math.Max(3, Math.Ceiling(points.Max(static point => Evidence(point.LogPValue))));
        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + 30} 520\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"13\">");
        Line(svg, $"<title>A variant loses {loss:P0} of its subjects: its share, and the evidence of the monitor</title>");
        svg.AppendLine("<style>text{fill:#444}.line{fill:none;stroke:#1f6feb;stroke-width:1.5}.planned{stroke:#888;stroke-dasharray:5 4}.alarm{stroke:#c62828;stroke-dasharray:5 4}.frame{fill:none;stroke:#ccc}@media (prefers-color-scheme:dark){text{fill:#ccc}.frame{stroke:#555}}</style>");
        Chart(svg, 30, "Share of the new checkout", "0.47", "0.53", points, point => (Math.Clamp(point.ShareOfNew, SmallestShare, LargestShare) - SmallestShare) / (LargestShare - SmallestShare), last);
        Mark(svg, 30, 0.5, "planned", "planned: 0.5");
        Chart(svg, 280, "Evidence: p as a power of ten", "1", Invariant($"1e-{mostEvidence}"), points, point => Evidence(point.LogPValue) / mostEvidence, last);
        Mark(svg, 280, 2 / mostEvidence, "alarm", "alarm: p = 0.01");
        Line(svg, $"<text x=\"{Left + Width}\" y=\"500\" text-anchor=\"end\">{last:N0} subjects</text>");
        svg.AppendLine("</svg>");
        File.WriteAllText(path, svg.ToString());
    }

    private static double Evidence(double logPValue) => -logPValue / Math.Log(10);

    private static void Chart(
        StringBuilder svg, int top, string title, string lowest, string highest, IReadOnlyList<Progress> points, Func<Progress, double> height, long last)
    {
        Line(svg, $"<text x=\"{Left}\" y=\"{top - 10}\">{title}</text>");
        Line(svg, $"<rect class=\"frame\" x=\"{Left}\" y=\"{top}\" width=\"{Width}\" height=\"{Height}\"/>");
        Line(svg, $"<text x=\"{Left - 8}\" y=\"{top + 12}\" text-anchor=\"end\">{highest}</text>");
        Line(svg, $"<text x=\"{Left - 8}\" y=\"{top + Height}\" text-anchor=\"end\">{lowest}</text>");
        var line = string.Join(' ', points.Select(point =>
            Invariant($"{Left + ((double)Width * point.Subjects / last):F1},{top + (Height * (1 - height(point))):F1}")));
        Line(svg, $"<polyline class=\"line\" points=\"{line}\"/>");
    }

    private static void Mark(StringBuilder svg, int top, double height, string kind, string text)
    {
        var y = top + (Height * (1 - height));
        Line(svg, $"<line class=\"{kind}\" x1=\"{Left}\" x2=\"{Left + Width}\" y1=\"{y:F1}\" y2=\"{y:F1}\"/>");
        Line(svg, $"<text x=\"{Left + Width - 6}\" y=\"{y - 6:F1}\" text-anchor=\"end\">{text}</text>");
    }

    private static void Line(StringBuilder svg, FormattableString line) => svg.AppendLine(Invariant(line));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
