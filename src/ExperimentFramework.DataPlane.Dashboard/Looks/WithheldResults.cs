using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Leaves out of an experiment what its plan keeps for its own times of looking, so that neither a page that stays open nor a script that reads it is a look.</summary>
internal static class WithheldResults
{
    /// <summary>Whether results may be on a page that stays open: each of its updates would be another look. A plan that cannot be read may have its own times for looks.</summary>
    public static bool AreOpen(ExperimentStatus status) => status is { HasUnreadablePlan: false, Plan: null or { IsAlwaysValid: true } };

    /// <summary>Returns the experiment as it may be shown at any time.</summary>
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

    /// <summary>That a planned look is due is said; what it shows is a result.</summary>
    private static AnalysisSignalEvent WithoutResults(AnalysisSignalEvent signal) => signal.SignalType != AnalysisSignalType.SequentialCheckpoint ? signal : signal with
    {
        Message = signal.Data?.GetValueOrDefault("look") is { } look
            ? FormattableString.Invariant($"Look {look} at {signal.ExperimentName} is due. What it shows is with the results.")
            : $"A planned look at {signal.ExperimentName} is due. What it shows is with the results.",
        Data = signal.Data?.Where(static field => field.Key is not ("pValue" or "effect" or "lower" or "upper")).ToDictionary(),
    };
}
