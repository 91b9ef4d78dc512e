namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads the status of an experiment from its state.</summary>
internal static class StatusReader
{
    public static ExperimentStatus Read(MonitoredExperiment experiment, ExperimentSignals signals, ExperimentHistory history)
    {
        var run = experiment.CurrentRun;
        var summary = run is null ? null : RunSummary.Of(experiment, run, run.Counts);
        var question = run is null ? null : new SampleRatioQuestion(run, SampleRatioEvidence.Create(), signals.LogPValue, 0);
        var tallies = experiment.Tallies;
        return new ExperimentStatus
        {
            Name = experiment.Name,
            State = signals.State,
            NotTestableReason = signals.NotTestableReason,
            LogPValue = signals.LogPValue,
            LogEvidence = signals.LogEvidence,
            Run = run?.Number ?? 0,
            RunStartedAt = run?.StartedAt,
            PseudonymKeyId = run?.KeyId,
            Variants = [.. experiment.Variants.Select((key, index) =>
            {
                var counted = summary?.Variants.FirstOrDefault(variant => variant.Index == index);
                return new VariantStatus(
                    key, counted?.Subjects ?? 0, counted?.Expected ?? 0, tallies.ByVariant[index], tallies.Fallbacks[index], experiment.Lost.ByVariant.Span[index]);
            })],
            Allocations = Allocations(experiment, run),
            CurrentAllocation = history.Series.CurrentVersion(experiment),
            DeviatesSince = IsFinding(signals.State) && question?.Start is { } start ? new DeviationStart(start.Time, start.Reason) : null,
            SegmentsOff = question is null ? [] : [.. question.Segments.Select(segment => SegmentOf(experiment, run!, segment.Name, segment.Counts))],
            Subjects = run?.Counts.Total() ?? 0,
            SubjectsHeld = run?.Subjects.Count ?? 0,
            CountedShare = Math.Pow(2, -(run?.Subjects.Halvings ?? 0)),
            Crossovers = run?.Subjects.Crossovers ?? 0,
            ExplainedMoves = run?.Subjects.ExplainedMoves ?? 0,
            HasCrossovers = signals.HasCrossovers,
            Exposures = tallies.Exposures,
            Repeats = tallies.Repeats,
            Excluded = new Dictionary<string, long>(tallies.Excluded),
            SelectionReasons = new Dictionary<string, long>(tallies.Reasons),
            SamplingRates = [.. tallies.Rates.OrderByDescending(static rate => rate.Key).Select(static rate => new SampledExposures(rate.Key, rate.Value))],
            OtherSamplingRateExposures = tallies.OtherRates,
            LostByReason = [.. experiment.Lost.ByReason.Select(row => new LostByReason(experiment.Variants[row.Variant], row.Reason, row.Count))],
            Calls = Calls(experiment),
            UndeclaredVersions = [.. experiment.Undeclared.All.Keys],
            Doubt = signals.Doubt,
            ReadOuts = ReadOutReader.Read(experiment, signals.Doubt, evenIfUntrustworthy: false),
            IgnoredOutcomes = run?.Outcomes.Calls.Ignored ?? 0,
            UnbelievedSubjects = run?.Outcomes.Unbelieved ?? 0,
            Plan = PlanOf(experiment),
            HasUnreadablePlan = experiment.Plan is { IsGiven: false, UnreadableSince: not null },
            Builds = [.. history.Builds.All.Select(static build => new BuildStatus(build.Id, build.Variant, build.Exposures, build.FirstSeen, build.LastSeen))],
            OtherBuildExposures = history.Builds.Others,
            Producers = [.. experiment.Received.All.Select(static producer => new ProducerStatus(
                ProducerId.TextOf(producer.Number), producer.Received, producer.AsOf is null ? null : producer.Expected, producer.Missing, producer.AsOf, producer.IsLast))],
            LastExposure = tallies.Exposures == 0 ? null : tallies.LastExposure,
        };
    }

    private static PlanStatus? PlanOf(MonitoredExperiment experiment) => experiment.Plan is { Plan: { } plan, Hash: { } hash } record
        ? new PlanStatus(plan.Version, hash, plan.Owner, plan.EndsAt, experiment.PlannedSample?.Total, plan.Looks.Kind == LookScheduleKind.AlwaysValid, new Dictionary<string, string>(record.Settings))
        {
            Alpha = plan.Alpha,
            Looks = PlannedLooks(experiment, plan),
            LooksNotBefore = experiment.CurrentRun?.Progress.LooksNotBefore,
        }
        : null;

    private static PlannedLook[] PlannedLooks(MonitoredExperiment experiment, AnalysisPlan plan)
    {
        var rules = experiment.LookRules;
        var reached = rules is not null && experiment.CurrentRun is { Progress: { IsTimeKnown: true, LooksNotBefore: null } } run ? rules.DueAt(DueLooks.ReachedSubjects(experiment, run, DueLooks.TestedSubjects(experiment, run, plan))) : 0;
        return [.. plan.Looks.InformationTimes.Select((time, look) => new PlannedLook(look + 1, time, rules?.SubjectsOf(look), rules?.SpentAt(time), look < reached))];
    }

    private static VariantCalls[] Calls(MonitoredExperiment experiment) =>
    [
        .. experiment.Variants.Select((key, variant) => (key, counts: experiment.Received.CallsOf(variant)))
            .Where(static variant => variant.counts != default)
            .Select(static variant => new VariantCalls(variant.key, variant.counts.Calls, variant.counts.Repeats, variant.counts.SampledOut, variant.counts.NoSubject)),
    ];

    private static AllocationStatus[] Allocations(MonitoredExperiment experiment, MonitorRun? run)
    {
        var allocations = new AllocationStatus[run?.Versions.Count ?? 0];
        for (var version = 0; version < allocations.Length; version++)
        {
            var counts = run!.Counts[version].ToArray();
            var plan = run.PlanOf(version);
            allocations[version] = new AllocationStatus(
                run.Versions[version],
                plan is not null,
                [.. experiment.Variants
                    .Select((key, variant) => new AllocatedVariant(key, plan?.ShareOf(variant), variant < counts.Length ? counts[variant] : 0))
                    .Where(static variant => variant is { Share: > 0 } or { Subjects: > 0 })]);
        }

        return allocations;
    }

    private static SegmentStatus SegmentOf(MonitoredExperiment experiment, MonitorRun run, string name, VersionedCounts counts)
    {
        var summary = RunSummary.Of(experiment, run, counts);
        return new SegmentStatus(name, summary.Subjects, summary.Worst?.Key, summary.Worst?.RelativeDeviation);
    }

    private static bool IsFinding(ExperimentState state) => state is ExperimentState.Warning or ExperimentState.SampleRatioMismatch or ExperimentState.Inconclusive;
}
