using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The settings of a plan as text, by name, used for its hash, for publishing and in snapshots. Numbers are written in round-trip format, durations as <c>d.hh:mm:ss</c>, and times in UTC;
/// null values are omitted. Settings of the primary metric have a plain name; those of a secondary metric have the metric's name after a colon.
/// </summary>
internal static class PlanSettings
{
    public const string Experiment = "experiment";
    public const string Control = "control";
    public const string Alpha = "alpha";
    public const string Sides = "sides";
    public const string Power = "power";
    public const string MinimumEffect = "minimumEffect";
    public const string Looks = "looks";
    public const string MinimumRunTime = "minimumRunTime";
    public const string EndsAt = "endsAt";
    public const string Segment = "segment";
    public const string Metric = "metric";
    public const string Source = "source";
    public const string Window = "window";
    public const string Aggregation = "aggregation";
    public const string Cap = "cap";
    public const string Scale = "scale";
    public const string Estimator = "estimator";
    public const string Baseline = "baseline";
    public const string StandardDeviation = "standardDeviation";

    private const int HashDigits = 16;

    /// <summary>Computes the hash of the settings: of the lines <c>name TAB value LF</c> in UTF-8, in ordinal order of the names. Names and values contain no control characters.</summary>
    public static string HashOf(SortedDictionary<string, string> settings)
    {
        StringBuilder text = new();
        foreach (var (name, value) in settings)
        {
            text.Append(name).Append('\t').Append(value).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..HashDigits];
    }

    /// <summary>Adds the settings of a metric.</summary>
    public static void Add(SortedDictionary<string, string> settings, PlannedMetric metric, string suffix)
    {
        settings[Source + suffix] = metric.Source.ToString();
        settings[Window + suffix] = Text(metric.Definition.Window);
        settings[Aggregation + suffix] = metric.Definition.Aggregation.ToString();
        settings[Scale + suffix] = metric.Definition.Scale.ToString();
        settings[Estimator + suffix] = metric.EffectiveEstimator.ToString();
        Add(settings, Cap + suffix, metric.Definition.Cap);
        Add(settings, Baseline + suffix, metric.Baseline);
        Add(settings, StandardDeviation + suffix, metric.StandardDeviation);
    }

    /// <summary>Adds a number, unless it is null.</summary>
    public static void Add(SortedDictionary<string, string> settings, string name, double? value)
    {
        if (value is { } number)
        {
            settings[name] = Text(number);
        }
    }

    public static string Text(double value) => (value + 0.0).ToString("R", CultureInfo.InvariantCulture);

    public static string Text(TimeSpan value) => value.ToString("c", CultureInfo.InvariantCulture);
}
