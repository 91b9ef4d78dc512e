using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The analysis plan of an experiment, fixed before its first exposure: the primary metric, the error rate, the sample size, and when results may be looked at. Changes after the first exposure are signaled.
/// </summary>
public sealed record AnalysisPlan
{
    /// <summary>The number of subjects for which confidence sequences are tuned if the plan has no sample size: they are narrowest there, but valid at any number.</summary>
    public const long DefaultTuningSubjects = 10_000;

    /// <summary>The name of the experiment.</summary>
    public required string ExperimentName { get; init; }

    /// <summary>The version of the plan, at least 1. Raise it with each change. Default: 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The key of the variant with which the others are compared.</summary>
    public required string Control { get; init; }

    /// <summary>The metric on which the decision is based.</summary>
    public required PlannedMetric PrimaryMetric { get; init; }

    /// <summary>The metrics that are shown without a verdict; at most 100.</summary>
    public IReadOnlyList<PlannedMetric> SecondaryMetrics { get; init; } = [];

    /// <summary>The error rate of all comparisons with control together, between 0 and 0.5, both excluded. It is split evenly among the comparisons. Default: 0.05.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>1 if only an increase of the primary metric would be acted upon; otherwise 2. Default: 2.</summary>
    public int Sides { get; init; } = 2;

    /// <summary>The probability of detecting an effect of <see cref="MinimumEffect"/>, between 0.5 and 1, both excluded. Default: 0.8.</summary>
    public double Power { get; init; } = 0.8;

    /// <summary>
    /// The smallest effect on the primary metric that matters, as a share of its baseline, for example 0.05 for 5 %; not 0, and above 0 if <see cref="Sides"/> is 1. Null for none, in which case there is no sample size either.
    /// </summary>
    public double? MinimumEffect { get; init; }

    /// <summary>When results may be looked at. Schedules with a planned sample need a minimum effect, and a baseline or standard deviation. Default: always.</summary>
    public LookSchedule Looks { get; init; } = LookSchedule.AlwaysValid;

    /// <summary>The names of exposure attributes whose values are tested and shown as segments, at most 32. Use only attributes that are known before the variant is assigned.</summary>
    public IReadOnlyList<string> Segments { get; init; } = [];

    /// <summary>The minimum time that the experiment runs, for example a whole week, from 0 to 3,650 days. Default: 0.</summary>
    public TimeSpan MinimumRunTime { get; init; }

    /// <summary>Who makes the decision; null if the plan has no owner.</summary>
    public string? Owner { get; init; }

    /// <summary>When the experiment ends; null if the plan has no end. It is shown with the results; exposures after it are still counted.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>All metrics, the primary one first.</summary>
    public IEnumerable<PlannedMetric> Metrics => [PrimaryMetric, .. SecondaryMetrics];

    /// <summary>
    /// The first 16 hexadecimal digits of the SHA-256 of all settings except <see cref="Version"/> and <see cref="Owner"/>. Plans with the same analysis have the same hash, whatever the order of their secondary metrics and segments.
    /// Every signal that the monitor raises for the experiment contains it.
    /// </summary>
    public string Hash => PlanSettings.HashOf(ToSettings());

    /// <summary>Whether the plan has the settings required to compute a sample size when the weights of the variants are known.</summary>
    public bool HasSampleSize => !SettingsMissingForSample.Any();

    /// <summary>The names of the settings without which no sample size can be computed, and which the plan does not have.</summary>
    internal IEnumerable<string> SettingsMissingForSample
    {
        get
        {
            if (MinimumEffect is null)
            {
                yield return PlanSettings.MinimumEffect;
            }

            if (PrimaryMetric.Baseline is null && (PrimaryMetric.IsConversion || PrimaryMetric.Definition.Scale != MetricScale.Logarithmic))
            {
                yield return PlanSettings.Baseline;
            }

            if (PrimaryMetric.StandardDeviation is null && !PrimaryMetric.IsConversion)
            {
                yield return PlanSettings.StandardDeviation;
            }
        }
    }

    /// <summary>The planned effect on the primary metric's scale; null if it is not known.</summary>
    internal double? Difference =>
        PrimaryMetric.Definition.Scale == MetricScale.Logarithmic ? (MinimumEffect is { } effect ? double.LogP1(effect) : null) : PrimaryMetric.Baseline * MinimumEffect;

    /// <summary>The settings, in the order of their names.</summary>
    internal SortedDictionary<string, string> ToSettings()
    {
        SortedDictionary<string, string> settings = new(StringComparer.Ordinal)
        {
            [PlanSettings.Experiment] = ExperimentName,
            [PlanSettings.Control] = Control,
            [PlanSettings.Alpha] = PlanSettings.Text(Alpha),
            [PlanSettings.Sides] = Sides.ToString(CultureInfo.InvariantCulture),
            [PlanSettings.Power] = PlanSettings.Text(Power),
            [PlanSettings.Looks] = Looks.ToString(),
            [PlanSettings.MinimumRunTime] = PlanSettings.Text(MinimumRunTime),
            [PlanSettings.Metric] = PrimaryMetric.Name,
        };
        PlanSettings.Add(settings, PlanSettings.MinimumEffect, MinimumEffect);
        if (EndsAt is { } end)
        {
            settings[PlanSettings.EndsAt] = end.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        }

        foreach (var segment in Segments)
        {
            settings[$"{PlanSettings.Segment}:{segment}"] = string.Empty;
        }

        PlanSettings.Add(settings, PrimaryMetric, string.Empty);
        foreach (var metric in SecondaryMetrics)
        {
            PlanSettings.Add(settings, metric, ":" + metric.Name);
        }

        return settings;
    }
}
