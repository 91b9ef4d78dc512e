using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Adds to the runs of an experiment what partitions have counted.</summary>
/// <param name="experiment">The experiment.</param>
/// <param name="facts">What is kept of it.</param>
/// <param name="partitions">What the partitions have counted.</param>
internal sealed class PartitionMerge(MonitoredExperiment experiment, ExperimentFacts facts, IReadOnlyDictionary<int, CountedPartition> partitions)
{
    /// <summary>What a partition contributes to the open runs: nothing until its store is known to be there since a loss, and what it had counted at the last reset is known.</summary>
    public IReadOnlyList<RunReport> ContributionOf(CountedPartition partition)
    {
        if (!facts.Stores.TryGetValue(partition.Latest.Partition, out var store) || store != partition.Latest.Store || partition.Resets < facts.Resets)
        {
            return [];
        }

        return partition.Baseline.Count == 0 ? partition.Latest.Runs : Subtract(partition.Latest.Runs, partition.Baseline);
    }

    /// <summary>Adds the subjects that a contribution has and an earlier one of the same partition has not.</summary>
    public void Add(IReadOnlyList<RunReport> contribution, IReadOnlyList<RunReport> earlier, IReadOnlyList<Guid> builds, DateTimeOffset now)
    {
        foreach (var reported in Subtract(contribution, earlier).Where(static run => run.Counts.Count > 0))
        {
            if (RunOf(reported, now) is { } run)
            {
                var isFirst = run.Counts.Total() == 0;
                var hasNewVersion = false;
                foreach (var count in reported.Counts.OrderBy(static count => count.Segment is not null))
                {
                    hasNewVersion |= Count(run, count, now, isKnown: false) && !isFirst;
                }

                SetStarts(run, hasNewVersion, builds, now);
            }
        }
    }

    /// <summary>
    /// Recounts the open runs from what the partitions hold. It is called when the state has been read: that of the partitions and that of the experiment are kept one after the other, so a crash may have lost the latter.
    /// </summary>
    public void Recount(DateTimeOffset now)
    {
        var counted = partitions.Values.SelectMany(ContributionOf).GroupBy(static run => run.KeyId ?? string.Empty, StringComparer.Ordinal)
            .Select(static runs => runs.First() with { Since = runs.Min(static run => run.Since), Counts = [.. runs.SelectMany(static run => run.Counts)] })
            .OrderBy(static run => run.Since);
        foreach (var reported in counted.ToArray())
        {
            if (RunOf(reported, now) is not { } run)
            {
                continue;
            }

            for (var version = 0; version < run.Versions.Count; version++)
            {
                run.Counts.Set(version, null);
                foreach (var (_, counts) in run.Segments.All)
                {
                    counts.Set(version, null);
                }
            }

            foreach (var count in reported.Counts.OrderBy(static count => count.Segment is not null))
            {
                Count(run, count, now, isKnown: true);
            }
        }

        experiment.HasNewEvidence = true;
    }

    /// <summary>Adds up how many subjects of each run are followed and have moved, and whose exposures there are.</summary>
    public void SetMoves()
    {
        foreach (var run in experiment.OpenRuns)
        {
            SubjectMoves sum = default;
            FrequentSubject exposures = new();
            foreach (var partition in partitions.Values)
            {
                var reported = Find(ContributionOf(partition), run.KeyId);
                sum = new SubjectMoves(sum.Followed + (reported?.Subjects ?? 0), sum.Crossovers + (reported?.Crossovers ?? 0), sum.Explained + (reported?.Explained ?? 0));
                var seen = Find(partition.Latest.Runs, run.KeyId)?.Exposures ?? default;
                exposures.Add(seen.Total, seen.Leader, seen.Lead);
            }

            run.MovesElsewhere = sum;
            if (exposures.Total >= run.Exposures.Total || exposures.IsKnown)
            {
                run.Exposures.Restore(exposures.Total, exposures.Leader, exposures.Lead);
            }
        }
    }

    /// <summary>Adds the exposures of a report.</summary>
    public void Add(TallyReport added)
    {
        var tallies = experiment.Tallies;
        tallies.Exposures += added.Exposures;
        tallies.WithSubject += added.WithSubject;
        tallies.WithVersion += added.WithVersion;
        tallies.Repeats += added.Repeats;
        tallies.LastExposure = added.LastExposure > tallies.LastExposure ? added.LastExposure : tallies.LastExposure;
        AddTo(tallies.ByVariant, added.ByVariant);
        AddTo(tallies.Fallbacks, added.Fallbacks);
        foreach (var (reason, count) in added.Excluded.Where(static count => count.Value > 0))
        {
            tallies.Exclude(reason, count);
        }

        foreach (var (reason, count) in added.Reasons.Where(static count => count.Value > 0))
        {
            tallies.AddReason(reason, count);
        }
    }

    private static RunReport? Find(IEnumerable<RunReport> runs, string? keyId) => runs.FirstOrDefault(run => (run.KeyId ?? string.Empty) == (keyId ?? string.Empty));

    private static RunReport[] Subtract(IReadOnlyList<RunReport> runs, IReadOnlyList<RunReport> earlier) => [.. runs.Select(run =>
    {
        if (Find(earlier, run.KeyId) is not { } before)
        {
            return run;
        }

        var counts = before.Counts.ToDictionary(static count => (count.Segment, count.Version, count.Variant), static count => count.Subjects);
        return run with
        {
            Counts = [.. run.Counts
                .Select(count => count with { Subjects = count.Subjects - counts.GetValueOrDefault((count.Segment, count.Version, count.Variant)) })
                .Where(static count => count.Subjects > 0)],
            Crossovers = Math.Max(0, run.Crossovers - before.Crossovers),
            Explained = Math.Max(0, run.Explained - before.Explained),
        };
    })];

    /// <summary>The run of a pseudonym key; null if two newer ones are in use.</summary>
    private MonitorRun? RunOf(RunReport reported, DateTimeOffset now)
    {
        if (experiment.OpenRuns.FirstOrDefault(run => run.KeyId == reported.KeyId) is null)
        {
            if (facts.EndedKeys.Contains(reported.KeyId ?? string.Empty))
            {
                return null;
            }

            if (experiment.OpenRuns.Count == MonitoredExperiment.MaxOpenRuns)
            {
                var oldest = experiment.OpenRuns.MinBy(run => SinceOf(run.KeyId))!;
                if (reported.Since < SinceOf(oldest.KeyId))
                {
                    facts.EndKey(reported.KeyId);
                    return null;
                }

                experiment.End(oldest);
                facts.EndKey(oldest.KeyId);
            }
        }

        return experiment.RunOf(reported.KeyId, now);
    }

    private DateTimeOffset SinceOf(string? keyId) => partitions.Values.Select(partition => Find(partition.Latest.Runs, keyId)?.Since).Min() ?? DateTimeOffset.MinValue;

    /// <summary>Counts subjects of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="count">The subjects.</param>
    /// <param name="now">The time of processing.</param>
    /// <param name="isKnown">Whether the experiment may have seen them before, so that they are not to be excluded again.</param>
    /// <returns>Whether they are the first of their version.</returns>
    private bool Count(MonitorRun run, SubjectCount count, DateTimeOffset now, bool isKnown)
    {
        var (cell, reason) = CellOf(run, count);
        if (reason is not null)
        {
            if (count.Segment is null && !isKnown)
            {
                experiment.Tallies.Exclude(reason, count.Subjects);
            }

            return false;
        }

        if (count.Segment is { } segment)
        {
            run.Segments.Increment(segment, cell.Version, cell.Variant, count.Subjects);
            return false;
        }

        if (run.PlanOf(cell.Version) is null && !(isKnown && experiment.Undeclared.All.ContainsKey(count.Version)))
        {
            experiment.Undeclared.Add(count.Version, now, count.Subjects);
        }

        var isNew = run.IsUncounted(cell.Version);
        run.Counts.Increment(cell.Version, cell.Variant, count.Subjects);
        run.NewSubjects += (int)Math.Min(int.MaxValue - run.NewSubjects, count.Subjects);
        experiment.HasNewEvidence = true;
        return isNew;
    }

    /// <summary>Sets a start if weights, a build or a day are new. It begins with the next report: what has come with this one would favour the variant that they came with.</summary>
    private static void SetStarts(MonitorRun run, bool hasNewVersion, IReadOnlyList<Guid> builds, DateTimeOffset now)
    {
        run.SetStarts(hasNewVersion, build: null, now);
        foreach (var build in builds.Where(build => !run.Builds.Contains(build)))
        {
            run.SetStarts(isFirstOfVersion: false, build, now);
        }
    }

    /// <summary>The indices of a count's version and variant, or why its subjects are excluded.</summary>
    private ((int Version, int Variant) Cell, string? Reason) CellOf(MonitorRun run, SubjectCount count)
    {
        if (experiment.VariantOf(count.Variant) is var variant && variant < 0)
        {
            return (default, ExposureTallies.TooManyVariants);
        }

        if (!run.TryGetVersion(count.Version, out var version))
        {
            version = facts.IsRetired(run.Number, count.Version) ? -1 : AddVersion(run, count.Version);
        }

        return ((version, variant), version < 0 ? MonitoredExperiment.TooManyVersions : run.PlanOf(version) is { } plan && !plan.Variants.Contains(variant) ? MonitoredExperiment.NoWeight : null);
    }

    /// <summary>Adds a version of the weights. What it replaces is not counted any more: its evidence stands, and its subjects must not be added to it again.</summary>
    private int AddVersion(MonitorRun run, string version)
    {
        var replaced = run.Versions.Count == SubjectTable.MaxVersions ? run.Versions[run.OldestVersion] : null;
        var index = run.AddVersion(version, experiment.PlanOf(version));
        if (replaced is not null && index >= 0)
        {
            facts.Retire(run.Number, replaced);
        }

        return index;
    }

    private void AddTo(long[] counts, IReadOnlyDictionary<string, long> added)
    {
        foreach (var (variant, count) in added)
        {
            if (count > 0 && experiment.VariantOf(variant) is >= 0 and var index)
            {
                counts[index] += count;
            }
        }
    }
}
