using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Removes from an experiment the results that its plan reserves for planned looks, so that neither an open page nor a script that reads it counts as a look.</summary>
internal static class WithheldResults
{
    /// <summary>Whether results may be shown on an open page, where each update would be another look. A plan that cannot be read may have its own times for looks.</summary>
    public static bool AreOpen(ExperimentStatus status) => status is { HasUnreadablePlan: false, Plan: null or { IsAlwaysValid: true } };

    /// <summary>Returns the experiment without the results that may not be shown at any time.</summary>
    public static ExperimentDetail LeftOutOf(ExperimentDetail detail) => AreOpen(detail.Status) ? detail : detail with
    {
        AreResultsWithheld = true,
        Status = detail.Status with { ReadOuts = [.. detail.Status.ReadOuts.Select(WithoutResults)] },
        LatestSignals = [.. detail.LatestSignals.Select(WithoutResults)],
    };

    private static MetricReadOut WithoutResults(MetricReadOut metric) => metric with
    {
        Segments = [],
        Variants = [.. metric.Variants.Select(static variant => variant with { Conversions = null, Mean = null, StandardDeviation = null, Comparison = null })],
    };

    /// <summary>The signal that a planned look is due is kept, but what the look shows is a result and is removed.</summary>
    private static AnalysisSignalEvent WithoutResults(AnalysisSignalEvent signal) => signal.SignalType != AnalysisSignalType.SequentialCheckpoint ? signal : signal with
    {
        Message = signal.Data?.GetValueOrDefault("look") is { } look
            ? FormattableString.Invariant($"Look {look} at {signal.ExperimentName} is due. Its values are shown only with the results.")
            : $"A planned look at {signal.ExperimentName} is due. Its values are shown only with the results.",
        Data = signal.Data?.Where(static field => field.Key is not ("pValue" or "effect" or "lower" or "upper")).ToDictionary(),
    };
}
