using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads the plan of an experiment from its configuration section.</summary>
/// <param name="section">The section.</param>
internal sealed class AnalysisPlanSection(IConfigurationSection section)
{
    private static readonly string[] PlanKeys =
    [
        nameof(AnalysisPlan.Version), nameof(AnalysisPlan.Control), nameof(AnalysisPlan.PrimaryMetric), nameof(AnalysisPlan.SecondaryMetrics), nameof(AnalysisPlan.Alpha), nameof(AnalysisPlan.Sides),
        nameof(AnalysisPlan.Power), nameof(AnalysisPlan.MinimumEffect), nameof(AnalysisPlan.Looks), nameof(AnalysisPlan.Segments), nameof(AnalysisPlan.MinimumRunTime), nameof(AnalysisPlan.Owner), nameof(AnalysisPlan.EndsAt),
    ];

    private static readonly string[] MetricKeys =
    [
        nameof(PlannedMetric.Name), nameof(PlannedMetric.Source), nameof(MetricDefinition.Window), nameof(MetricDefinition.Aggregation), nameof(MetricDefinition.Cap), nameof(MetricDefinition.Scale),
        nameof(PlannedMetric.Estimator), nameof(PlannedMetric.Baseline), nameof(PlannedMetric.StandardDeviation),
    ];

    /// <summary>Reads the plan.</summary>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="basis">The plan added in code, whose settings the configuration overrides one by one; null if there is none.</param>
    /// <returns>The plan. It is not validated.</returns>
    /// <exception cref="InvalidOperationException">A key is unknown or missing, or its value cannot be read. The message contains the key and the expected value.</exception>
    public AnalysisPlan Read(string experiment, AnalysisPlan? basis)
    {
        ConfigurationKeyValidator.RequireKeys(section, PlanKeys);
        var secondary = section.GetSection(nameof(AnalysisPlan.SecondaryMetrics));
        var segments = section.GetSection(nameof(AnalysisPlan.Segments));
        ConfigurationKeyValidator.RequireList(segments);
        var values = new SettingReader(section);
        var primary = ReadMetric(section.GetSection(nameof(AnalysisPlan.PrimaryMetric)), basis?.PrimaryMetric);
        var plan = basis ?? new AnalysisPlan { ExperimentName = experiment, Control = values.Required(nameof(AnalysisPlan.Control)), PrimaryMetric = primary };
        return plan with
        {
            Version = values.Integer(nameof(plan.Version)) ?? plan.Version,
            Control = values.Text(nameof(plan.Control)) ?? plan.Control,
            PrimaryMetric = primary,
            SecondaryMetrics = secondary.Exists() ? [.. secondary.GetChildren().Select(static metric => ReadMetric(metric, null))] : plan.SecondaryMetrics,
            Alpha = values.Number(nameof(plan.Alpha)) ?? plan.Alpha,
            Sides = values.Integer(nameof(plan.Sides)) ?? plan.Sides,
            Power = values.Number(nameof(plan.Power)) ?? plan.Power,
            MinimumEffect = values.Number(nameof(plan.MinimumEffect)) ?? plan.MinimumEffect,
            Looks = values.Looks(nameof(plan.Looks)) ?? plan.Looks,
            Segments = segments.Exists() ? [.. segments.GetChildren().Select(static segment => segment.Value ?? string.Empty)] : plan.Segments,
            MinimumRunTime = values.Duration(nameof(plan.MinimumRunTime)) ?? plan.MinimumRunTime,
            Owner = values.Text(nameof(plan.Owner)) ?? plan.Owner,
            EndsAt = values.Moment(nameof(plan.EndsAt)) ?? plan.EndsAt,
        };
    }

    private static PlannedMetric ReadMetric(IConfigurationSection metric, PlannedMetric? basis)
    {
        ConfigurationKeyValidator.RequireKeys(metric, MetricKeys);
        var values = new SettingReader(metric);
        var name = values.Text(nameof(PlannedMetric.Name)) ?? basis?.Name ?? values.Required(nameof(PlannedMetric.Name));
        var before = basis?.Name == name ? basis : null;
        var definition = before?.Definition;
        return new PlannedMetric
        {
            Name = name,
            Source = values.Choice<MetricSource>(nameof(PlannedMetric.Source)) ?? before?.Source ?? MetricSource.Metric,
            Definition = new MetricDefinition(
                values.Duration(nameof(MetricDefinition.Window)) ?? definition?.Window ?? throw values.Missing(nameof(MetricDefinition.Window)),
                values.Choice<MetricAggregation>(nameof(MetricDefinition.Aggregation)) ?? definition?.Aggregation ?? MetricAggregation.Sum,
                values.Number(nameof(MetricDefinition.Cap)) ?? definition?.Cap,
                values.Choice<MetricScale>(nameof(MetricDefinition.Scale)) ?? definition?.Scale ?? MetricScale.Linear),
            Estimator = values.Choice<MetricEstimator>(nameof(PlannedMetric.Estimator)) ?? before?.Estimator ?? MetricEstimator.Automatic,
            Baseline = values.Number(nameof(PlannedMetric.Baseline)) ?? before?.Baseline,
            StandardDeviation = values.Number(nameof(PlannedMetric.StandardDeviation)) ?? before?.StandardDeviation,
        };
    }

    /// <summary>Reads the values of a section.</summary>
    private sealed class SettingReader(IConfigurationSection values)
    {
        public string? Text(string key)
        {
            ConfigurationKeyValidator.RequireValue(values.GetSection(key));
            return values[key] is { Length: > 0 } text ? text : null;
        }

        public string Required(string key) => Text(key) ?? throw Missing(key);

        public InvalidOperationException Missing(string key) => new($"Configuration section '{values.Path}' has no value for '{key}', which an analysis plan requires.");

        // Thousands separators are not allowed: 0,05 is a mistake and does not mean 5.
        public double? Number(string key) => Read(key, static text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : (double?)null, "a number, such as 0.05");

        public int? Integer(string key) => Read(key, static text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : (int?)null, "an integer");

        public T? Choice<T>(string key)
            where T : struct, Enum => Read(
                key,
                static text => Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : (T?)null,
                $"one of {string.Join(", ", Enum.GetNames<T>())}");

        public TimeSpan? Duration(string key)
        {
            DurationValidator.RequireUnambiguous(values.GetSection(key));
            return Read<TimeSpan>(key, static text => TimeSpan.Parse(text, CultureInfo.InvariantCulture), "a duration");
        }

        public DateTimeOffset? Moment(string key) => Read(
            key,
            static text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value) ? value : (DateTimeOffset?)null,
            "a moment, such as 2026-03-31T12:00:00Z");

        public LookSchedule? Looks(string key) => Text(key) is not { } text ? null : LookSchedule.Find(text) ?? throw Unreadable(
            key, text, "AlwaysValid, FixedHorizon, or GroupSequential with a spending function and the shares of the sample, such as 'GroupSequential(OBrienFleming; 0.5; 1)'");

        private T? Read<T>(string key, Func<string, T?> parse, string expected)
            where T : struct => Text(key) is not { } text ? null : parse(text) ?? throw Unreadable(key, text, expected);

        private InvalidOperationException Unreadable(string key, string text, string expected) => new($"Configuration value '{values.Path}:{key}' is '{text}'; it must be {expected}.");
    }
}
