using System.Globalization;
using ExperimentFramework.DataPlane.Science;
using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes the segments of a metric for people, and how many of them mislead.</summary>
internal static class SegmentTables
{
    public static void Write(IAnsiConsole console, MetricReadOut readOut)
    {
        // A segment of all subjects, such as the only type there is, says nothing new.
        var segments = readOut.Segments.Where(segment => SubjectsOf(segment) < readOut.Mature).ToArray();
        if (segments.Length == 0)
        {
            return;
        }

        var table = Tables.Create("Segment", "Variant", "#Subjects", "#Mean", "Lift", "#p, this look");
        foreach (var segment in segments)
        {
            var name = segment.IsRest ? "all others" : segment.Name;
            foreach (var variant in segment.Variants.Where(static variant => variant.Subjects > 0))
            {
                table.Add(
                    name,
                    variant.Key,
                    NumberText.Of(variant.Subjects),
                    ReadOutText.Mean(variant.Mean),
                    variant.Comparison is { State: not ReadOutState.Shown } hidden ? ReadOutText.Of(hidden.State) : ReadOutText.Lift(variant.Comparison?.Lift),
                    variant.Comparison?.LogPValue is { } logPValue ? NumberText.PValue(logPValue) : "");
                name = "";
            }
        }

        console.Write(table);
        var shown = segments.Sum(static segment => segment.Variants.Count(static variant => variant.Comparison?.LogPValue is not null));
        if (shown > 0)
        {
            console.WriteText(string.Create(
                CultureInfo.InvariantCulture,
                $"Segments have no verdict: each interval holds by itself. Without any effect, up to {shown * readOut.Alpha:0.##} of these {shown} are expected to exclude 0 by chance."));
        }
    }

    private static long SubjectsOf(SegmentReadOut segment) => segment.Variants.Sum(static variant => variant.Subjects);
}
