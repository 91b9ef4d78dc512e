using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads a plan from its <see cref="PlanSettings"/> in a signal or a snapshot.</summary>
/// <param name="settings">The settings by name.</param>
internal sealed class PlanSettingsReader(IReadOnlyDictionary<string, string> settings)
{
    /// <summary>Reads the plan.</summary>
    /// <param name="version">Its version, which is not part of the settings.</param>
    /// <param name="owner">Its owner, which is not part of the settings.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="FormatException">A setting is missing or has an invalid value.</exception>
    public AnalysisPlan Read(int version, string? owner)
    {
        var plan = new AnalysisPlan
        {
            ExperimentName = Text(PlanSettings.Experiment),
            Version = version,
            Owner = owner,
            Control = Text(PlanSettings.Control),
            PrimaryMetric = ReadMetric(Text(PlanSettings.Metric), string.Empty),
            SecondaryMetrics = [.. NamesAfter(PlanSettings.Source).Select(name => ReadMetric(name, ":" + name))],
            Alpha = Number(PlanSettings.Alpha),
            Sides = Parse<int>(PlanSettings.Sides),
            Power = Number(PlanSettings.Power),
            MinimumEffect = OptionalNumber(PlanSettings.MinimumEffect),
            Looks = LookSchedule.Find(Text(PlanSettings.Looks)) ?? throw Unreadable(PlanSettings.Looks),
            Segments = [.. NamesAfter(PlanSettings.Segment)],
            MinimumRunTime = Parse<TimeSpan>(PlanSettings.MinimumRunTime),
            EndsAt = settings.ContainsKey(PlanSettings.EndsAt) ? Parse<DateTimeOffset>(PlanSettings.EndsAt) : null,
        };
        return AnalysisPlanValidator.Problems(plan) is [var problem, ..] ? throw new FormatException(problem) : plan;
    }

    private PlannedMetric ReadMetric(string name, string suffix) => new()
    {
        Name = name,
        Source = Choice<MetricSource>(PlanSettings.Source + suffix),
        Definition = new MetricDefinition(
            Parse<TimeSpan>(PlanSettings.Window + suffix),
            Choice<MetricAggregation>(PlanSettings.Aggregation + suffix),
            OptionalNumber(PlanSettings.Cap + suffix),
            Choice<MetricScale>(PlanSettings.Scale + suffix)),
        Estimator = Choice<MetricEstimator>(PlanSettings.Estimator + suffix),
        Baseline = OptionalNumber(PlanSettings.Baseline + suffix),
        StandardDeviation = OptionalNumber(PlanSettings.StandardDeviation + suffix),
    };

    private IEnumerable<string> NamesAfter(string setting) => settings.Keys
        .Where(key => key.StartsWith(setting + ":", StringComparison.Ordinal))
        .Select(key => key[(setting.Length + 1)..])
        .Order(StringComparer.Ordinal);

    private string Text(string setting) => settings.TryGetValue(setting, out var value) ? value : throw new FormatException($"The setting '{setting}' of the plan is missing.");

    private double Number(string setting) => double.TryParse(Text(setting), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw Unreadable(setting);

    private double? OptionalNumber(string setting) => settings.ContainsKey(setting) ? Number(setting) : null;

    private T Parse<T>(string setting)
        where T : IParsable<T> => T.TryParse(Text(setting), CultureInfo.InvariantCulture, out var value) ? value : throw Unreadable(setting);

    private T Choice<T>(string setting)
        where T : struct, Enum => Enum.TryParse<T>(Text(setting), out var value) && Enum.IsDefined(value) ? value : throw Unreadable(setting);

    private FormatException Unreadable(string setting) => new($"The setting '{setting}' of the plan is '{settings[setting]}', which this version cannot read.");
}
