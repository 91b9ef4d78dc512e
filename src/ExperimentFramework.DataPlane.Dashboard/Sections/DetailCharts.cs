using System.Globalization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The charts of one experiment, each with a description in words; none if nothing has happened yet.</summary>
internal static class DetailCharts
{
    private const double AlarmEvidence = 100;
    private const double WarningEvidence = 20;

    /// <summary>The share of each variant.</summary>
    public static IReadOnlyList<LineChart> Shares(ExperimentSeries series) => series.Runs.Count == 0 ? [] : [.. series.Variants.Select((variant, index) => Share(series, variant, index))];

    /// <summary>The evidence against the planned split.</summary>
    public static IReadOnlyList<LineChart> Evidence(ExperimentSeries series, ExperimentStatus status)
    {
        if (series.Runs.Count == 0)
        {
            return [];
        }

        var now = series.LogEvidence[^1] / Math.Log(10);
        return [new LineChart
        {
            Id = "chart-evidence",
            Title = "Evidence against the planned split (E, logarithmic)",
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"E is {Power(now)} now, {(now >= 2 ? "above the alarm line" : now >= Math.Log10(WarningEvidence) ? "above the warning line and below the alarm line" : "below both lines")}. Warning at {WarningEvidence}, alarm at {AlarmEvidence}.{(now < 2 && status.State == ExperimentState.SampleRatioMismatch ? " The alarm remains until the experiment is reset." : string.Empty)}"),
            Times = Times(series),
            Values = [.. series.LogEvidence.Select(static value => (double?)Math.Clamp(value / Math.Log(10), -300, 300))],
            Limits = [(Math.Log10(AlarmEvidence), "alarm: 100"), (Math.Log10(WarningEvidence), "warning: 20")],
            Label = Power,
            SmallestRange = 3,
        }];
    }

    /// <summary>The exposures in each interval.</summary>
    public static IReadOnlyList<LineChart> Exposures(ExperimentSeries series)
    {
        if (series.Runs.Count == 0)
        {
            return [];
        }

        var unit = series.Interval == TimeSpan.FromHours(1) ? "hour" : "minute";
        var totals = new double?[series.Runs.Count];
        for (var interval = 0; interval < totals.Length; interval++)
        {
            totals[interval] = series.Exposures[interval];
        }

        return [new LineChart
        {
            Id = "chart-exposures",
            Title = $"Exposures per {unit}",
            Description = string.Create(CultureInfo.InvariantCulture, $"{totals[^1]:N0} so far in the current {unit}, {(totals.Length > 1 ? totals[^2] : 0):N0} in the previous one, at most {totals.Max():N0}."),

            // Leave out the current interval: it is incomplete and would look like a loss.
            Times = totals.Length > 1 ? (series.Start, series.Start + ((totals.Length - 2) * series.Interval)) : Times(series),
            Values = totals.Length > 1 ? totals[..^1] : totals,
            Limits = [(0, string.Empty)],
            Label = static value => value < 0 ? string.Empty : value.ToString("#,0.##", CultureInfo.InvariantCulture),
            SmallestRange = 4,
        }];
    }

    private static LineChart Share(ExperimentSeries series, VariantSeries variant, int index) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"chart-share-{index}"),
        Title = $"Share of {variant.Key}",
        Description = Describe(variant),
        Times = Times(series),
        Values = variant.Shares,
        Planned = variant.PlannedShares,
        Band = (variant.LowShares, variant.HighShares),
        Label = static value => value.ToString("0.##%", CultureInfo.InvariantCulture),
        SmallestRange = 0.01,
        Bounds = (0, 1),
    };

    private static string Describe(VariantSeries variant)
    {
        if (variant.Shares is not [.., { } share] || variant.LowShares[^1] is not { } low || variant.HighShares[^1] is not { } high)
        {
            return "No subject has been counted under the current weights.";
        }

        var plan = variant.PlannedShares[^1] is not { } planned ? "The planned share is unknown."
            : string.Create(CultureInfo.InvariantCulture, $"Planned: {planned:0.00%} (dashed line), which is {(planned >= low && planned <= high ? "inside" : "outside")} the band.");
        return string.Create(CultureInfo.InvariantCulture, $"Now: {share:0.00%}. The counts are compatible with {low:0.00%} to {high:0.00%} (band). {plan}");
    }

    private static (DateTimeOffset First, DateTimeOffset Last) Times(ExperimentSeries series) => (series.Start, series.Start + ((series.Runs.Count - 1) * series.Interval));

    private static string Power(double exponent) => exponent is > -3 and < 6
        ? Math.Pow(10, exponent).ToString(exponent < 1 ? "0.###" : "#,0", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"10^{exponent:0.#}");
}
