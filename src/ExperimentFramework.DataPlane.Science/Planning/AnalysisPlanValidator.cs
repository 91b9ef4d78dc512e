using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Validates plans. Each problem is a sentence with the experiment, the property, its value and its range.</summary>
internal static class AnalysisPlanValidator
{
    private const int MaxSecondaryMetrics = 100;
    private const int MaxSegments = 32;
    private const int MaxOwnerLength = 256;

    /// <summary>A smaller change of a rate would be lost to rounding.</summary>
    private const double SmallestEffect = 1e-15;
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(3_650);

    /// <summary>Checks a plan.</summary>
    /// <exception cref="ArgumentException">The plan is not valid. The message contains all problems.</exception>
    public static void Require(AnalysisPlan plan)
    {
        if (Problems(plan) is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(plan));
        }
    }

    /// <summary>Finds all problems of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="variants">The keys of the experiment's variants; null if they are not known.</param>
    /// <returns>The problems, as sentences.</returns>
    public static IReadOnlyList<string> Problems(AnalysisPlan plan, IReadOnlyList<string>? variants = null)
    {
        PlanProblems problems = new(plan.ExperimentName);
        problems.RequireName(nameof(plan.ExperimentName), plan.ExperimentName);
        problems.RequireName(nameof(plan.Control), plan.Control);
        if (variants is not null && !variants.Contains(plan.Control, StringComparer.Ordinal))
        {
            problems.Add(nameof(plan.Control), $"is '{plan.Control}'; it must be one of the variants {string.Join(", ", variants)}");
        }

        problems.Require(plan.Version >= 1, nameof(plan.Version), plan.Version, "at least 1");
        problems.Require(plan.Alpha is > 0 and < 0.5, nameof(plan.Alpha), plan.Alpha, "between 0 and 0.5, both excluded");
        problems.Require(plan.Sides is 1 or 2, nameof(plan.Sides), plan.Sides, "1 or 2");
        problems.Require(plan.Power is > 0.5 and < 1, nameof(plan.Power), plan.Power, "between 0.5 and 1, both excluded");
        problems.Require(plan.MinimumRunTime >= TimeSpan.Zero && plan.MinimumRunTime <= LongestTime, nameof(plan.MinimumRunTime), plan.MinimumRunTime, "from 0 to 3,650 days");
        problems.Require(
            plan.Owner is null || (!string.IsNullOrWhiteSpace(plan.Owner) && plan.Owner.Length <= MaxOwnerLength && !plan.Owner.Any(char.IsControl)),
            nameof(plan.Owner),
            $"'{PrintableText.Sanitize(plan.Owner ?? string.Empty)}'",
            $"1 to {MaxOwnerLength} characters without control characters, or null");
        if (plan.Segments is null || plan.SecondaryMetrics is null)
        {
            problems.Add(plan.Segments is null ? nameof(plan.Segments) : nameof(plan.SecondaryMetrics), $"is null; it must be a list, which may be empty");
            return problems.All;
        }

        CheckSegments(plan, problems);
        CheckMetrics(plan, problems);
        CheckSample(plan, problems);
        return problems.All;
    }

    private static void CheckSegments(AnalysisPlan plan, PlanProblems problems)
    {
        foreach (var segment in plan.Segments)
        {
            problems.RequireName(nameof(plan.Segments), segment);
        }

        problems.RequireDistinct(nameof(plan.Segments), plan.Segments);
        problems.Require(plan.Segments.Count <= MaxSegments, nameof(plan.Segments) + ".Count", plan.Segments.Count, $"at most {MaxSegments}");
    }

    private static void CheckMetrics(AnalysisPlan plan, PlanProblems problems)
    {
        if (plan.PrimaryMetric is null)
        {
            problems.Add(nameof(plan.PrimaryMetric), $"is null; set it to the metric on which the decision is based");
            return;
        }

        CheckMetric(nameof(plan.PrimaryMetric), plan.PrimaryMetric, problems);
        for (var index = 0; index < plan.SecondaryMetrics.Count; index++)
        {
            CheckMetric(string.Create(CultureInfo.InvariantCulture, $"{nameof(plan.SecondaryMetrics)}[{index}]"), plan.SecondaryMetrics[index], problems);
        }

        problems.RequireDistinct("Metrics", [.. plan.Metrics.Select(static metric => metric?.Name ?? string.Empty)]);
        problems.Require(plan.SecondaryMetrics.Count <= MaxSecondaryMetrics, nameof(plan.SecondaryMetrics) + ".Count", plan.SecondaryMetrics.Count, $"at most {MaxSecondaryMetrics}");
    }

    private static void CheckMetric(string property, PlannedMetric metric, PlanProblems problems)
    {
        if (metric?.Definition is not { } definition)
        {
            problems.Add(property, $"has no definition; set how the values of a subject are aggregated");
            return;
        }

        problems.RequireName($"{property}.{nameof(metric.Name)}", metric.Name);
        problems.RequireDefined($"{property}.{nameof(metric.Source)}", metric.Source);
        problems.RequireDefined($"{property}.{nameof(metric.Estimator)}", metric.Estimator);
        problems.RequireDefined($"{property}.{nameof(definition.Aggregation)}", definition.Aggregation);
        problems.RequireDefined($"{property}.{nameof(definition.Scale)}", definition.Scale);
        problems.Require(definition.Window >= TimeSpan.Zero && definition.Window <= LongestTime, $"{property}.{nameof(definition.Window)}", definition.Window, "from 0 to 3,650 days");
        problems.Require(definition.Cap is null or (> 0 and < double.PositiveInfinity), $"{property}.{nameof(definition.Cap)}", definition.Cap ?? 0, "above 0 and finite");
        problems.Require(metric.StandardDeviation is null or (> 0 and < double.PositiveInfinity), $"{property}.{nameof(metric.StandardDeviation)}", metric.StandardDeviation ?? 0, "above 0 and finite");
        if (definition.Scale == MetricScale.Logarithmic)
        {
            if (definition.Aggregation != MetricAggregation.Mean)
            {
                problems.Add($"{property}.{nameof(definition.Aggregation)}", $"is {definition.Aggregation}; on the logarithmic scale it must be Mean, because a subject without values would have the logarithm of 0");
            }
        }

        if (metric.IsConversion)
        {
            problems.Require(metric.Baseline is null or (> 0 and < 1), $"{property}.{nameof(metric.Baseline)}", metric.Baseline ?? 0, "between 0 and 1, both excluded, for a conversion");
            problems.Require(definition.Cap is null or >= 1, $"{property}.{nameof(definition.Cap)}", definition.Cap ?? 0, "at least 1, or none, for a conversion");
        }
        else
        {
            problems.Require(metric.Baseline is null || double.IsFinite(metric.Baseline.Value), $"{property}.{nameof(metric.Baseline)}", metric.Baseline ?? 0, "finite");
            if (metric.Estimator == MetricEstimator.ConversionRatio)
            {
                problems.Add($"{property}.{nameof(metric.Estimator)}", $"is {metric.Estimator}, which compares conversions; the aggregation must be Any, or the estimator MeanDifference");
            }
        }
    }

    private static void CheckSample(AnalysisPlan plan, PlanProblems problems)
    {
        if (plan.Looks is null)
        {
            problems.Add(nameof(plan.Looks), $"is null; use LookSchedule.AlwaysValid to allow looks at any time");
            return;
        }

        if (plan.PrimaryMetric?.Definition is not { } definition)
        {
            return;
        }

        if (plan.MinimumEffect is { } effect)
        {
            var metric = plan.PrimaryMetric;
            problems.Require(double.IsFinite(effect) && effect != 0, nameof(plan.MinimumEffect), effect, "finite and not 0");
            if (metric.IsConversion && metric.Baseline is { } rate)
            {
                problems.Require(rate * (1 + effect) is > 0 and < 1, nameof(plan.MinimumEffect), effect, string.Create(CultureInfo.InvariantCulture, $"such that the planned rate, {rate} times (1 + MinimumEffect), is between 0 and 1, both excluded"));
            }
            else if (definition.Scale == MetricScale.Logarithmic)
            {
                problems.Require(effect > -1, nameof(plan.MinimumEffect), effect, "above -1 on the logarithmic scale");
            }
            else if (!metric.IsConversion)
            {
                problems.Require(metric.Baseline is not 0, "PrimaryMetric.Baseline", 0.0, "other than 0, because the minimum effect is a share of it");
            }

            problems.Require(!(Math.Abs(effect) < SmallestEffect), nameof(plan.MinimumEffect), effect, string.Create(CultureInfo.InvariantCulture, $"at least {SmallestEffect} or at most -{SmallestEffect}, because no number of subjects can detect a smaller effect"));

            problems.Require(plan.Sides != 1 || plan.Difference is null or > 0, nameof(plan.MinimumEffect), effect, "an increase if Sides is 1");
        }

        if (plan.Looks.Kind != LookScheduleKind.AlwaysValid && !plan.HasSampleSize)
        {
            problems.Add(
                nameof(plan.Looks), $"is {plan.Looks.Kind}, which needs a planned sample; set MinimumEffect and the primary metric's {(plan.PrimaryMetric.IsConversion ? "Baseline" : definition.Scale == MetricScale.Logarithmic ? "StandardDeviation" : "Baseline and StandardDeviation")}, or use LookSchedule.AlwaysValid");
        }
    }
}
