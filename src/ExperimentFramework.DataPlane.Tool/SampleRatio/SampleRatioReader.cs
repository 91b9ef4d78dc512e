using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Reads the sample ratios that a monitor has counted.</summary>
internal static class SampleRatioReader
{
    /// <summary>Above this many subjects the exact test says what chi-square says.</summary>
    private const long MaxExactSubjects = 10_000;

    /// <summary>Reads all experiments of a monitor.</summary>
    public static IReadOnlyList<SampleRatioReport> Read(ExperimentMonitor monitor)
    {
        var states = monitor.GetExperiments().ToDictionary(static status => status.Name, StringComparer.Ordinal);
        return
        [
            .. monitor.Read((experiment, _) => Of(experiment, states[experiment.Name])).OrderBy(static report => report.Status.Name, StringComparer.Ordinal),
        ];
    }

    private static SampleRatioReport Of(MonitoredExperiment experiment, ExperimentStatus status)
    {
        if (experiment.CurrentRun is not { } run)
        {
            return new SampleRatioReport(status, null, [], []);
        }

        var segments = run.Segments.All.Select(segment => (segment.Name, Subjects: segment.Counts.Total(), RunSummary.Of(experiment, run, segment.Counts).ChiSquare)).ToList();
        var logTests = Math.Log(Math.Max(1, segments.Count(static segment => segment.ChiSquare is not null)));
        return new SampleRatioReport(
            status,
            RunSummary.Of(experiment, run, run.Counts).ChiSquare,
            [.. Enumerable.Range(0, run.Versions.Count).Select(version => OfVersion(experiment, run, version))],
            [.. segments.Select(segment => new SegmentRatio(segment.Name, segment.Subjects, segment.ChiSquare, Math.Min(0, (segment.ChiSquare?.LogPValue ?? 0) + logTests)))]);
    }

    private static VersionRatio OfVersion(MonitoredExperiment experiment, MonitorRun run, int version)
    {
        var plan = run.PlanOf(version);
        var counted = run.Counts[version];
        var weights = new double[experiment.Variants.Count];
        for (var index = 0; plan is not null && index < plan.Variants.Length; index++)
        {
            weights[plan.Variants[index]] = plan.Weights[index];
        }

        var counts = new long[weights.Length];
        counted[..Math.Min(counted.Length, counts.Length)].CopyTo(counts);
        var declared = Enumerable.Range(0, counts.Length).Where(variant => weights[variant] > 0 || counts[variant] > 0).ToArray();
        if (plan is null)
        {
            return new VersionRatio(run.Versions[version], [.. declared.Select(variant => new VariantRatio(experiment.Variants[variant], null, counts[variant], null))], null, null);
        }

        var allocation = Allocation.FromWeights(Array.ConvertAll(declared, variant => weights[variant]));
        var selected = Array.ConvertAll(declared, variant => counts[variant]);
        var result = SampleRatioTest.Evaluate(selected, allocation);
        double? exact = result.Total <= MaxExactSubjects && ExactSampleRatioTest.TryEvaluate(selected, allocation, out var pValue) ? pValue : null;
        return new VersionRatio(
            run.Versions[version],
            [.. declared.Select((variant, index) => new VariantRatio(experiment.Variants[variant], weights[variant], counts[variant], result.Total * allocation.Shares[index]))],
            result,
            exact);
    }
}
