namespace ExperimentFramework.DataPlane.Science;

/// <summary>How the values of one subject are aggregated.</summary>
public enum MetricAggregation
{
    /// <summary>The sum of the values; 0 without values.</summary>
    Sum,

    /// <summary>1 if there is a value, otherwise 0: a conversion.</summary>
    Any,

    /// <summary>The number of values.</summary>
    Count,

    /// <summary>The mean of the values. A subject without values is left out.</summary>
    Mean,
}

/// <summary>The scale on which a subject's value is used in a read-out.</summary>
public enum MetricScale
{
    /// <summary>The value itself.</summary>
    Linear,

    /// <summary>The natural logarithm of the value, so that a difference is a ratio of geometric means. Suitable for durations and other heavy-tailed values. Values must be above 0.</summary>
    Logarithmic,
}

/// <summary>The definition of a metric: which values of a subject count, and how they are aggregated.</summary>
/// <param name="Window">How long after its first exposure a subject's values count, at least 0. A subject enters the sums once, when its window has closed.</param>
/// <param name="Aggregation">How its values are aggregated.</param>
/// <param name="Cap">The largest absolute value a subject can have, on the linear scale, above 0; null for none. What is larger counts as the cap, and what is below its negative as that. State it in the plan, before the first exposure.</param>
/// <param name="Scale">The scale.</param>
public sealed record MetricDefinition(
    TimeSpan Window, MetricAggregation Aggregation = MetricAggregation.Sum, double? Cap = null, MetricScale Scale = MetricScale.Linear)
{
    /// <summary>Determines whether a subject's window has closed.</summary>
    /// <param name="firstExposure">When the subject was first exposed.</param>
    /// <param name="now">The time up to and including which all values are known. A value at the end of the window counts.</param>
    /// <returns>True if no further value can count.</returns>
    public bool IsMature(DateTimeOffset firstExposure, DateTimeOffset now) => now - firstExposure >= Window;

    /// <summary>Determines whether a value counts.</summary>
    /// <param name="firstExposure">When the subject was first exposed.</param>
    /// <param name="at">When the value happened.</param>
    /// <returns>True from the first exposure to the end of the window.</returns>
    public bool IsInWindow(DateTimeOffset firstExposure, DateTimeOffset at) => at >= firstExposure && at - firstExposure <= Window;

    /// <summary>Computes the value of a subject.</summary>
    /// <param name="valuesInWindow">The values that count, finite.</param>
    /// <returns>The value; null for a mean of no values.</returns>
    /// <exception cref="ArgumentException">A value is not finite, or not above 0 on the logarithmic scale.</exception>
    public double? SubjectValue(params ReadOnlySpan<double> valuesInWindow)
    {
        var sum = 0.0;
        foreach (var value in valuesInWindow)
        {
            Require.Finite(value, nameof(valuesInWindow));
            sum += value;
        }

        if (SubjectValueOf(sum, valuesInWindow.Length) is not { } known)
        {
            return null;
        }

        if (Scale == MetricScale.Linear)
        {
            return known;
        }

        Require.Positive(known, nameof(valuesInWindow));
        return Math.Log(known);
    }

    /// <summary>Computes the value of a subject before its scale, capped.</summary>
    /// <param name="sum">The sum of the values that count.</param>
    /// <param name="count">How many there are.</param>
    /// <returns>The value; null for a mean of no values.</returns>
    internal double? SubjectValueOf(double sum, double count)
    {
        var value = Aggregation switch
        {
            MetricAggregation.Sum => sum,
            MetricAggregation.Any => count > 0 ? 1 : 0,
            MetricAggregation.Count => count,
            MetricAggregation.Mean when count == 0 => (double?)null,
            MetricAggregation.Mean => sum / count,
            _ => throw new InvalidOperationException($"The aggregation {Aggregation} is not defined."),
        };
        return value is { } known && Cap is { } cap ? Math.Max(-cap, Math.Min(known, cap)) : value;
    }
}
