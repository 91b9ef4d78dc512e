using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Adds to an experiment what is new in the report of a partition.</summary>
internal sealed class PartitionMerge(MonitoredExperiment experiment)
{
    /// <summary>Adds the subjects of a report that an earlier one does not have.</summary>
    /// <param name="report">The report.</param>
    /// <param name="earlier">The earlier report, whose subjects were added before or are not to be; null if all are new.</param>
    public void Add(PartitionReport report, PartitionReport? earlier)
    {
        foreach (var reported in report.Runs)
        {
            var before = RunOf(earlier, reported.KeyId)?.Counts.ToDictionary(static count => (count.Segment, count.Version, count.Variant), static count => count.Subjects) ?? [];
            var added = reported.Counts
                .Select(count => count with { Subjects = count.Subjects - before.GetValueOrDefault((count.Segment, count.Version, count.Variant)) })
                .Where(static count => count.Subjects > 0)
                .OrderBy(static count => count.Segment is not null)
                .ToArray();
            if (added.Length > 0)
            {
                Add(experiment.RunOf(reported.KeyId, report.Time), added, report);
            }
        }
    }

    /// <summary>Joins two reports of one store. Each count only grows, so the larger one is the later one: whatever comes late, or from a store that is still being restored, says nothing new.</summary>
    public static PartitionReport Join(PartitionReport known, PartitionReport report) => report with
    {
        Runs = [.. known.Runs.Concat(report.Runs).GroupBy(static run => run.KeyId).Select(static runs => runs.Aggregate(Join))],
    };

    /// <summary>Adds the exposures of a report that an earlier one does not have. They are not exact: what is counted again after a crash is in them twice.</summary>
    public void AddTallies(PartitionReport report, PartitionReport? earlier)
    {
        var (now, before, tallies) = (report.Tallies, earlier?.Session == report.Session ? earlier.Tallies : null, experiment.Tallies);
        tallies.Exposures += now.Exposures - (before?.Exposures ?? 0);
        tallies.WithSubject += now.WithSubject - (before?.WithSubject ?? 0);
        tallies.WithVersion += now.WithVersion - (before?.WithVersion ?? 0);
        tallies.Repeats += now.Repeats - (before?.Repeats ?? 0);
        tallies.LastExposure = now.LastExposure > tallies.LastExposure ? now.LastExposure : tallies.LastExposure;
        foreach (var (variant, count) in Added(now.ByVariant, before?.ByVariant))
        {
            AddTo(tallies.ByVariant, variant, count);
        }

        foreach (var (variant, count) in Added(now.Fallbacks, before?.Fallbacks))
        {
            AddTo(tallies.Fallbacks, variant, count);
        }

        foreach (var (reason, count) in Added(now.Excluded, before?.Excluded))
        {
            tallies.Exclude(reason, count);
        }

        foreach (var (reason, count) in Added(now.Reasons, before?.Reasons))
        {
            tallies.AddReason(reason, count);
        }
    }

    /// <summary>Adds up how many subjects of a run are followed, and have moved.</summary>
    public static SubjectMoves MovesOf(string? keyId, IEnumerable<PartitionCounts> partitions)
    {
        SubjectMoves sum = default;
        foreach (var partition in partitions)
        {
            var (now, before) = (RunOf(partition.Latest, keyId), RunOf(partition.Baseline, keyId));
            sum = new SubjectMoves(
                sum.Followed + (now?.Subjects ?? 0) - (before?.Subjects ?? 0),
                sum.Crossovers + Math.Max(0, (now?.Crossovers ?? 0) - (before?.Crossovers ?? 0)),
                sum.Explained + (now?.Explained ?? 0) - (before?.Explained ?? 0));
        }

        return sum;
    }

    private static RunReport Join(RunReport known, RunReport run) => run with
    {
        Counts = [.. known.Counts.Concat(run.Counts).GroupBy(static count => (count.Segment, count.Version, count.Variant)).Select(static counts => counts.MaxBy(static count => count.Subjects)!)],
    };

    private void Add(MonitorRun run, SubjectCount[] added, PartitionReport report)
    {
        var isFirst = run.Counts.Total() == 0;
        var hasNewVersion = false;
        foreach (var count in added)
        {
            if (CellOf(run, count) is not { } cell)
            {
                continue;
            }

            if (count.Segment is { } segment)
            {
                run.Segments.Increment(segment, cell.Version, cell.Variant, count.Subjects);
                continue;
            }

            if (run.PlanOf(cell.Version) is null)
            {
                experiment.Undeclared.Add(count.Version, report.Time, count.Subjects);
            }

            hasNewVersion |= !isFirst && run.IsUncounted(cell.Version);
            run.Counts.Increment(cell.Version, cell.Variant, count.Subjects);
            run.NewSubjects += (int)Math.Min(int.MaxValue - run.NewSubjects, count.Subjects);
            experiment.HasNewEvidence = true;
        }

        SetStarts(run, hasNewVersion, report);
    }

    /// <summary>Sets a start if weights, a build or a day are new. It begins with the next report: what has come with this one would favour the variant that they came with.</summary>
    private static void SetStarts(MonitorRun run, bool hasNewVersion, PartitionReport report)
    {
        run.SetStarts(hasNewVersion, build: null, report.Time);
        foreach (var build in report.Builds.Where(build => !run.Builds.Contains(build)))
        {
            run.SetStarts(isFirstOfVersion: false, build, report.Time);
        }
    }

    /// <summary>The indices of a count's version and variant; null if its subjects are excluded.</summary>
    private (int Version, int Variant)? CellOf(MonitorRun run, SubjectCount count)
    {
        var variant = experiment.VariantOf(count.Variant);
        var version = variant < 0 ? -1 : run.TryGetVersion(count.Version, out var known) ? known : run.AddVersion(count.Version, experiment.PlanOf(count.Version));
        var reason = variant < 0 ? ExposureTallies.TooManyVariants
            : version < 0 ? MonitoredExperiment.TooManyVersions
            : run.PlanOf(version) is { } plan && !plan.Variants.Contains(variant) ? MonitoredExperiment.NoWeight
            : null;
        if (reason is null)
        {
            return (version, variant);
        }

        if (count.Segment is null)
        {
            experiment.Tallies.Exclude(reason, count.Subjects);
        }

        return null;
    }

    private void AddTo(long[] counts, string variant, long count)
    {
        if (experiment.VariantOf(variant) is >= 0 and var index)
        {
            counts[index] += count;
        }
    }

    private static RunReport? RunOf(PartitionReport? report, string? keyId) => report?.Runs.FirstOrDefault(run => run.KeyId == keyId);

    private static IEnumerable<(string Name, long Count)> Added(IReadOnlyDictionary<string, long> now, IReadOnlyDictionary<string, long>? before) =>
        now.Select(count => (count.Key, count.Value - (before?.GetValueOrDefault(count.Key) ?? 0))).Where(static count => count.Item2 > 0);
}
