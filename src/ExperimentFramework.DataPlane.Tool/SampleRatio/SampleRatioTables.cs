using System.Globalization;
using ExperimentFramework.DataPlane.Science;
using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes sample ratios for people.</summary>
internal static class SampleRatioTables
{
    public static void Write(IAnsiConsole console, IReadOnlyList<SampleRatioReport> reports)
    {
        if (reports.Count == 0)
        {
            console.WriteText("There are no exposures in these events.");
        }

        foreach (var report in reports)
        {
            Write(console, report);
        }
    }

    private static void Write(IAnsiConsole console, SampleRatioReport report)
    {
        var status = report.Status;
        console.WriteHeading(status.Name);
        console.WriteText(SampleRatioText.Verdict(report), report.IsBroken ? Tables.Bad : report.Pooled is null ? Tables.Doubtful : StyleOf(status.State));
        var table = Tables.Create("Version", "Variant", "#Weight", "#Subjects", "#Expected", "#Deviation", "#p, this look");
        foreach (var version in report.Versions)
        {
            var name = version.Version;
            var pValue = version.Result is { } result ? NumberText.PValue(version.ExactPValue is { } exact ? Math.Log(exact) : result.ChiSquare.LogPValue) : "weights unknown";
            foreach (var variant in version.Variants)
            {
                table.Add(name, variant.Key, variant.Weight?.ToString("0.####", CultureInfo.InvariantCulture) ?? "", NumberText.Of(variant.Subjects), Expected(variant), Deviation(variant), pValue);
                (name, pValue) = ("", "");
            }
        }

        if (table.Rows.Count > 0)
        {
            console.Write(table);
        }

        WriteSegments(console, report.Segments);
        WriteNotes(console, status);
    }

    private static void WriteSegments(IAnsiConsole console, IReadOnlyList<SegmentRatio> segments)
    {
        if (segments.Count == 0)
        {
            return;
        }

        var table = Tables.Create("Segment", "#Subjects", "#p, this look", "#p, adjusted");
        foreach (var segment in segments)
        {
            table.Add(
                segment.Name,
                NumberText.Of(segment.Subjects),
                segment.ChiSquare is { } chiSquare ? NumberText.PValue(chiSquare.LogPValue) : "",
                segment.ChiSquare is null ? "" : NumberText.PValue(segment.AdjustedLogPValue));
        }

        console.Write(table);
    }

    private static void WriteNotes(IAnsiConsole console, ExperimentStatus status)
    {
        if (status.Excluded.Count > 0)
        {
            console.WriteText("Exposures that count no subject: "
                + string.Join(", ", status.Excluded.OrderBy(static excluded => excluded.Key, StringComparer.Ordinal).Select(static excluded => $"{NumberText.Of(excluded.Value)} {excluded.Key}")) + ".");
        }

        if (status.Crossovers > 0)
        {
            console.WriteText($"{NumberText.Of(status.Crossovers, "subject changed its variant", "subjects changed their variant")} without an explanation.", status.HasCrossovers ? Tables.Doubtful : Tables.Plain);
        }

        if (status.CountedShare < 1)
        {
            console.WriteText($"There were more subjects than fit into memory: of the later ones, {NumberText.Percent(status.CountedShare)} were counted. The verdict stays valid.");
        }
    }

    private static string Expected(VariantRatio variant) => variant.Expected?.ToString("N1", CultureInfo.InvariantCulture) ?? "";

    private static string Deviation(VariantRatio variant) => variant.Expected is { } expected and > 0 ? ((variant.Subjects / expected) - 1).ToString("+0.00 %;-0.00 %;0.00 %", CultureInfo.InvariantCulture) : "";

    private static Style StyleOf(ExperimentState state) => state switch
    {
        ExperimentState.Healthy => Tables.Good,
        ExperimentState.Gathering => Tables.Plain,
        _ => Tables.Doubtful,
    };
}
