using System.Globalization;
using ExperimentFramework.DataPlane.Science;
using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes read-outs for people.</summary>
internal static class ReadOutTables
{
    public static void Write(IAnsiConsole console, SampleRatioReport split, IReadOnlyList<MetricReadOut> readOuts)
    {
        var status = split.Status;
        console.WriteText($"{status.Name}: {NumberText.Of(status.Subjects, "subject", "subjects")}, split {SampleRatioText.Of(status.State)}, {NumberText.Of(status.Crossovers, "crossover", "crossovers")}.",
            status.Doubt is null ? Tables.Plain : Tables.Bad);
        if (status.Doubt is { } doubt)
        {
            console.WriteText(doubt, Tables.Bad);
        }

        if (status.CountedShare < 1)
        {
            console.WriteText($"There were more subjects than fit into memory: of the later ones, {NumberText.Percent(status.CountedShare)} were counted.");
        }

        if (readOuts.Count == 0)
        {
            console.WriteText("There is no metric to read out: name a plan with --plan, or record the outcomes of calls.");
        }

        foreach (var readOut in readOuts)
        {
            Write(console, readOut, status);
        }
    }

    private static void Write(IAnsiConsole console, MetricReadOut readOut, ExperimentStatus status)
    {
        console.WriteHeading($"{readOut.Name} ({readOut.Source}{(readOut.IsPrimary ? ", decides" : readOut.IsPlanned ? "" : ", not planned")})");
        console.WriteText(string.Create(
            CultureInfo.InvariantCulture,
            $"{Maturity(readOut)} Intervals hold at {100 * (1 - readOut.Alpha):0.##}%, whenever they are looked at.{OwnLooks(readOut, status.Plan)}"));
        if (readOut.Missing is { } missing)
        {
            console.WriteText(missing, Tables.Doubtful);
        }

        var isConversion = readOut.Variants.Any(static variant => variant.Conversions is not null);
        var table = isConversion
            ? Tables.Create("Variant", "#Converted", "#Rate", "Difference", "Lift", "#p", "Verdict")
            : Tables.Create("Variant", "#Subjects", "#Mean", "Difference", "Lift", "#p", "Verdict");
        foreach (var variant in readOut.Variants)
        {
            var comparison = variant.Comparison;
            table.Add(
                variant.Key,
                (variant.Conversions is { } converted ? NumberText.Of(converted) + " of " : "") + NumberText.Of(variant.Subjects),
                ReadOutText.Mean(variant.Mean),
                ReadOutText.Difference(comparison?.Difference),
                ReadOutText.Lift(comparison?.Lift),
                comparison?.LogPValue is { } logPValue ? NumberText.PValue(logPValue) : "",
                comparison is null ? "" : comparison.State != ReadOutState.Shown ? ReadOutText.Of(comparison.State) : comparison.Verdict == ReadOutVerdict.None ? "" : ReadOutText.Of(comparison.Verdict));
        }

        console.Write(table);
        if (readOut.Estimator == MetricEstimator.ConversionRatio && readOut.Variants.Any(static variant => variant.Comparison?.Lift is not null))
        {
            console.WriteText("The lift compares the numbers of conversions at the planned weights, which is exact; the rates are not part of it.");
        }

        SegmentTables.Write(console, readOut);
        foreach (var reason in readOut.Variants.Select(static variant => variant.Comparison?.Missing).OfType<string>().Where(missing => missing != status.Doubt).Distinct(StringComparer.Ordinal))
        {
            console.WriteText(reason);
        }

        if (readOut.Late + readOut.Duplicates + readOut.Invalid > 0)
        {
            console.WriteText(
                $"Left out: {NumberText.Of(readOut.Late)} values that arrived too late, {NumberText.Of(readOut.Duplicates)} that were counted before, {NumberText.Of(readOut.Invalid)} that cannot be counted.");
        }

        if (readOut.CollectedShare < 1)
        {
            console.WriteText($"There was more than fits into memory: of the later subjects, {NumberText.Percent(readOut.CollectedShare)} are in this metric. The comparison stays valid.");
        }
    }

    /// <summary>How many subjects are in, and how many are not yet. The outcome of the call that exposes a subject has no window.</summary>
    private static string Maturity(MetricReadOut readOut) => readOut.Definition.Window == TimeSpan.Zero
        ? string.Create(CultureInfo.InvariantCulture, $"{readOut.Mature:N0} subjects whose call has an outcome, {readOut.Immature:N0} whose outcome has not arrived.")
        : string.Create(CultureInfo.InvariantCulture, $"{readOut.Mature:N0} subjects whose window of {NumberText.Duration(readOut.Definition.Window)} has closed, {readOut.Immature:N0} whose window is open.");

    /// <summary>Looks that a plan schedules have boundaries of their own, which are narrower than intervals that hold at any time.</summary>
    private static string OwnLooks(MetricReadOut readOut, PlanStatus? plan) =>
        plan is { IsAlwaysValid: false } && readOut.IsPrimary ? $" The looks of the plan, {plan.Settings[PlanSettings.Looks]}, are not judged here." : "";
}
