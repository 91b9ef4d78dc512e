using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>The rules for metrics, however they are recorded. Each error names the metric, what is wrong with it, and the remedy.</summary>
internal static class MetricRules
{
    /// <summary>The maximum length of an idempotency key, in characters.</summary>
    private const int MaxKeyLength = 1_024;

    /// <summary>Returns why a name cannot be that of a metric; null if it can.</summary>
    public static string? NameError(string metric) => NameRules.Validate(metric) is { } error
        ? $"The metric name '{PrintableText.Sanitize(metric)}' {error}. Use a short name that does not change, such as 'purchase'."
        : null;

    /// <summary>Returns why a value cannot be that of a metric; null if it can.</summary>
    public static string? ValueError(string metric, double value) => double.IsFinite(value)
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"The value of metric '{metric}' is {value}; it must be a finite number. Correct the calculation, or do not record the metric.");

    /// <summary>Returns what is wrong with the details of a metric; null if nothing is.</summary>
    public static string? DetailsError(string metric, string? unit, string? idempotencyKey, DateTimeOffset? timestamp) =>
        !string.IsNullOrEmpty(unit) && NameRules.Validate(unit) is { } unitError
            ? $"The unit '{PrintableText.Sanitize(unit)}' of metric '{metric}' {unitError}. Use a short unit, such as 'EUR', or null for none."
        : idempotencyKey is { Length: > MaxKeyLength }
            ? $"The idempotency key of metric '{metric}' has {idempotencyKey.Length} characters; at most {MaxKeyLength} are allowed. Use a hash of it."
        : timestamp is { } time && time < DateTimeOffset.UnixEpoch
            ? string.Create(CultureInfo.InvariantCulture, $"The time of metric '{metric}' is {time.UtcDateTime:O}; it must not be before 1970. Set it to when the metric was measured.")
        : null;
}
