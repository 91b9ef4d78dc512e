using System.Globalization;
using ExperimentFramework.DataPlane.Science;
using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes read-outs for people.</summary>
internal static class ReadOutTables
{
    public static void Write(IAnsiConsole console, ExperimentStatus status, IReadOnlyList<MetricReadOut> readOuts)
    {
        console.WriteText($"{status.Name}: {NumberText.Of(status.Subjects, "subject", "subjects")}, split {SampleRatioText.Of(status.State)}, {NumberText.Of(status.Crossovers, "crossover", "crossovers")}.",
            status.State == ExperimentState.SampleRatioMismatch ? Tables.Bad : Tables.Plain);
        if (readOuts.Count == 0)
        {
            console.WriteText("There is no metric to read out: name a plan with --plan, or record the outcomes of calls.");
        }

        foreach (var readOut in readOuts)
        {
            Write(console, readOut);
        }
    }

    private static void Write(IAnsiConsole console, MetricReadOut readOut)
    {
        console.WriteHeading($"{readOut.Name} ({readOut.Source}{(readOut.IsPrimary ? ", decides" : readOut.IsPlanned ? "" : ", not planned")})");
        console.WriteText(string.Create(
            CultureInfo.InvariantCulture,
            $"{readOut.Mature:N0} subjects whose window of {readOut.Definition.Window:c} has closed, {readOut.Immature:N0} whose window is open. Intervals hold at {100 * (1 - readOut.Alpha):0.##}%, whenever they are looked at."));
        if (readOut.Missing is { } missing)
        {
            console.WriteText(missing, Tables.Doubtful);
        }

        var table = Tables.Create("Variant", "#Subjects", "#Mean", "Difference", "Lift", "#p", "Verdict");
        foreach (var variant in readOut.Variants)
        {
            var comparison = variant.Comparison;
            table.Add(
                variant.Key,
                NumberText.Of(variant.Subjects),
                variant.Mean?.ToString("0.####", CultureInfo.InvariantCulture) ?? "",
                ReadOutText.Difference(comparison?.Difference),
                ReadOutText.Lift(comparison?.Lift),
                comparison?.LogPValue is { } logPValue ? NumberText.PValue(logPValue) : "",
                comparison is null ? "" : comparison.State != ReadOutState.Shown ? ReadOutText.Of(comparison.State) : comparison.Verdict == ReadOutVerdict.None ? "" : ReadOutText.Of(comparison.Verdict));
        }

        console.Write(table);
        foreach (var reason in readOut.Variants.Select(static variant => variant.Comparison?.Missing).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            console.WriteText(reason);
        }

        if (readOut.Late + readOut.Invalid > 0)
        {
            console.WriteText($"Left out: {NumberText.Of(readOut.Late)} values that arrived too late, {NumberText.Of(readOut.Invalid)} that cannot be counted.");
        }
    }
}
