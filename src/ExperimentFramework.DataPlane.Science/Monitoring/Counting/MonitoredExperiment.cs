namespace ExperimentFramework.DataPlane.Science;

/// <summary>The monitor's state of one experiment: its runs, plans, losses and tallies. Not thread-safe.</summary>
internal sealed class MonitoredExperiment
{
    /// <summary>The reason for excluding exposures of variants that have no weight in the exposure's version of the weights.</summary>
    public const string NoWeight = "no-weight";

    /// <summary>The reason for excluding exposures of versions of the weights beyond the first 4,096 of a run.</summary>
    public const string TooManyVersions = "too-many-versions";

    /// <summary>The number of runs whose subjects are held at the same time: hosts change to a new pseudonym key one after another.</summary>
    public const int MaxOpenRuns = 2;

    /// <summary>The number of planned splits that are kept. The oldest one without subjects in an open run is forgotten first.</summary>
    private const int MaxPlans = 256;

    private readonly SubjectHash _hash;
    private readonly int _maxSlots;
    private readonly IReadOnlyList<string> _ownSegmentAttributes;
    private readonly List<MonitorRun> _runs = [];
    private readonly CurrentRunSelector _current = new();
    private readonly VariantList _variants = new();
    private readonly List<(string Version, AllocationPlan Plan)> _plans = [];
    private IReadOnlyList<string> _segmentAttributes;

    /// <summary>Starts to monitor an experiment.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="maxSubjectSlots">The largest number of slots for its subjects.</param>
    /// <param name="segmentAttributes">The attributes whose values are segments.</param>
    public MonitoredExperiment(string name, int maxSubjectSlots, IEnumerable<string> segmentAttributes)
    {
        Name = name;
        _maxSlots = maxSubjectSlots;
        _ownSegmentAttributes = _segmentAttributes = [.. segmentAttributes];
        _hash = new SubjectHash(name);
    }

    public string Name { get; }

    /// <summary>How many subjects of a run are held until their windows close.</summary>
    public int MaxImmatureSubjects { get; init; } = SubjectTable.MinSlots;

    /// <summary>The memory that the subjects of all experiments share; null if each experiment has its own.</summary>
    public SubjectMemory? Memory { get; init; }

    /// <summary>The runs whose subjects are held, oldest first.</summary>
    public IReadOnlyList<MonitorRun> OpenRuns => _runs;

    /// <summary>The number of the latest run.</summary>
    public int LastRun { get; private set; }

    /// <summary>The smallest ln p of the runs that have ended since the last reset.</summary>
    public double EndedLogPValue { get; private set; }

    /// <summary>The smallest ln p of all runs since the last reset, as computed last.</summary>
    public double LogPValue => _runs.Aggregate(EndedLogPValue, static (smallest, run) => Math.Min(smallest, run.LogPValue));

    /// <summary>Whether a subject, plan or loss has changed since the evidence was last computed.</summary>
    public bool HasNewEvidence { get; set; } = true;

    /// <summary>The keys of the variants, by index.</summary>
    public IReadOnlyList<string> Variants => _variants.Keys;

    public LostExposures Lost { get; } = new();

    /// <summary>How the experiment is to be analysed.</summary>
    public PlanRecord Plan { get; } = new();

    /// <summary>The weights by which subjects are currently split; null if they are not known.</summary>
    public IReadOnlyDictionary<string, double>? Weights => CurrentRun?.LatestPlan is { } plan ? plan.ByKey(Variants) : null;

    /// <summary>The sample that the plan requires at these weights; null if it cannot be computed.</summary>
    public PlannedSample? PlannedSample => CurrentRun?.LatestPlan is { } plan ? Plan.SampleAt(plan, () => plan.ByKey(Variants)) : null;

    /// <summary>The names of the metric events that are read.</summary>
    public IEnumerable<string> MetricNames => (Plan.Plan?.Metrics ?? _runs.SelectMany(static run => run.Outcomes.Metrics).Select(static metric => metric.Plan))
        .Where(static metric => metric.Source == MetricSource.Metric).Select(static metric => metric.Name);

    public ReceivedExposures Received { get; } = new();

    public ExposureTallies Tallies { get; } = new();

    /// <summary>The exposures whose weights are unknown, by version.</summary>
    public UndeclaredVersions Undeclared { get; } = new();

    /// <summary>The declared splits, oldest first.</summary>
    public IReadOnlyList<(string Version, AllocationPlan Plan)> Plans => _plans;

    /// <summary>The run that is shown and analysed; null before the first.</summary>
    public MonitorRun? CurrentRun => _current.Current;

    /// <summary>The run of the latest exposure; null before the first.</summary>
    public MonitorRun? LatestRun => _current.Latest;

    /// <summary>Sets the current plan.</summary>
    /// <param name="plan">The plan, which is valid.</param>
    /// <param name="isGiven">Whether it was passed to the monitor; false if it came from the stream.</param>
    public void Use(AnalysisPlan plan, bool isGiven)
    {
        Plan.Use(plan, isGiven);
        _segmentAttributes = [.. _ownSegmentAttributes.Union(plan.Segments, StringComparer.Ordinal)];
        _runs.ForEach(FollowPlan);
    }

    /// <summary>The number of subjects up to which each one is counted. Beyond it, half of the new subjects are counted, then a quarter, and so on.</summary>
    public long SubjectCapacity => _maxSlots / 4L * 3;

    /// <summary>Evaluates looks at the results against the plan; null if there is no planned sample.</summary>
    public LookRules? LookRules => Plan.Plan is { } plan && CurrentRun is { } run && PlannedSample is { } sample ? new LookRules(plan, sample.ByVariant.Count - 1, sample.Total, run.ErrorShare) : null;

    /// <summary>Counts an exposure.</summary>
    /// <param name="exposure">The exposure.</param>
    /// <param name="keyId">The id of the pseudonym key of its subject; null if there is none.</param>
    /// <param name="now">The time of processing.</param>
    /// <param name="id">The id of the event, by which outcomes refer to it.</param>
    public void Observe(ExposureEvent exposure, string? keyId, in DateTimeOffset now, Guid id = default)
    {
        if (Tallies.Add(exposure, _variants) is >= 0 and var variant)
        {
            Count(exposure, variant, keyId, now, id);
        }
    }

    /// <summary>Records that a subject's variant changed for a known reason.</summary>
    public void Observe(AssignmentEvent change, string? keyId)
    {
        if (change.SubjectId is null
            || change.ChangeReason is not (AssignmentChangeReasons.Policy or AssignmentChangeReasons.StoreLost or AssignmentChangeReasons.IdentityChanged or AssignmentChangeReasons.VariantRemoved)
            || _runs.Find(run => run.KeyId == keyId) is not { } run)
        {
            return;
        }

        var hash = _hash.Of(change.SubjectId);
        var variant = VariantOf(change.NewVariantKey);
        if (variant >= 0
            && run.Subjects.Includes(hash)
            && run.Subjects.Find(hash) is >= 0 and var index
            && run.Subjects.IsSame(index, _hash.ScopeOf(change.SubjectType, change.TenantId)))
        {
            run.Subjects.Reassign(index, variant);
        }
    }

    /// <summary>Sets the planned split of a version of the weights. A version is a hash of its weights, so the first declaration stays.</summary>
    /// <returns>False if the version was declared before, or the weights are not valid.</returns>
    public bool Declare(string version, IReadOnlyDictionary<string, double> weights)
    {
        version = BoundedName.Of(version);
        if (_plans.Exists(plan => plan.Version == version)
            || weights.Any(weight => VariantOf(weight.Key) < 0)
            || AllocationPlan.TryCreate([.. weights.Keys.Select(VariantOf)], [.. weights.Values]) is not { } plan)
        {
            return false;
        }

        if (_plans.Count == MaxPlans)
        {
            // A snapshot does not contain the plans of runs a second time.
            _plans.RemoveAt(_plans.FindIndex(plan => !_runs.Exists(run => run.Versions.Contains(plan.Version))));
        }

        _plans.Add((version, plan));
        HasNewEvidence = true;
        Undeclared.Remove(version);
        foreach (var run in _runs)
        {
            // The result is the same as if the weights had been declared first.
            if (run.Declare(version, plan) is > 0 and var subjects)
            {
                Tallies.Exclude(NoWeight, subjects);
            }
        }

        return true;
    }

    /// <summary>Records a metric value for a subject.</summary>
    public void Observe(MetricEvent metric, string? keyId, Guid id, DateTimeOffset now)
    {
        if (metric.SubjectId is { } subject && OpenRunOf(keyId) is { } run)
        {
            run.Outcomes.Observe(metric, _hash.Of(subject, metric.SubjectType, metric.TenantId), id, now);
        }
    }

    /// <summary>Closes the windows that have passed.</summary>
    /// <param name="now">The time until which all events are known.</param>
    public void CloseWindows(DateTimeOffset now)
    {
        foreach (var run in _runs)
        {
            run.Outcomes.Close(now);
        }
    }

    /// <summary>Records the outcome of a call for a subject.</summary>
    public void Observe(OutcomeEvent outcome, string? keyId, Guid id, DateTimeOffset now)
    {
        if (outcome.SubjectId is { } subject && OpenRunOf(keyId) is { } run)
        {
            run.Outcomes.Observe(outcome, _hash.Of(subject, outcome.SubjectType, outcome.TenantId), id, now);
        }
    }

    /// <summary>The index of a variant; -1 if there are 64 others.</summary>
    public int VariantOf(string? key) => _variants.IndexOf(key);

    /// <summary>The planned split of a version of the weights; null if it was not declared.</summary>
    public AllocationPlan? PlanOf(string version) => _plans.Find(plan => plan.Version == version).Plan;

    /// <summary>Ends all runs and forgets their verdicts: the next subject starts a new run.</summary>
    public void Reset()
    {
        _runs.ForEach(static run => run.Release());
        _runs.Clear();
        Lost.StartOver();
        _current.Clear();
        EndedLogPValue = 0;
        Plan.StartOver();
    }

    /// <summary>Ends all runs and keeps their verdicts. Counting starts over because a snapshot was lost.</summary>
    public void StartOver(int lastRun, double endedLogPValue)
    {
        LastRun = Math.Max(LastRun, lastRun);
        EndedLogPValue = Math.Min(EndedLogPValue, endedLogPValue);
        HasNewEvidence = true;
    }

    /// <summary>Ends all runs and keeps their verdicts. The next subject starts a new run.</summary>
    public void EndRuns()
    {
        EndedLogPValue = LogPValue;
        _runs.ForEach(static run => run.Release());
        _runs.Clear();
        _current.Clear();
    }

    /// <summary>Ends one run and keeps its verdict.</summary>
    public void End(MonitorRun run)
    {
        EndedLogPValue = Math.Min(EndedLogPValue, run.LogPValue);
        run.Release();
        _runs.Remove(run);
        _current.OnEnded(run, _runs.LastOrDefault());
    }

    /// <summary>Adds a run from a snapshot.</summary>
    public void Restore(MonitorRun run, bool isCurrent)
    {
        for (var version = 0; version < run.Versions.Count; version++)
        {
            if (PlanOf(run.Versions[version]) is { } plan)
            {
                run.Declare(run.Versions[version], plan);
            }
        }

        FollowPlan(run);
        _runs.Add(run);
        if (isCurrent || CurrentRun is null)
        {
            _current.MakeCurrent(run);
        }

        LastRun = Math.Max(LastRun, run.Number);
    }

    /// <summary>Returns the run of a pseudonym key for an exposure. If there is none, a run is started, and if there are already two, the oldest one ends.</summary>
    public MonitorRun RunOf(string? keyId, DateTimeOffset now)
    {
        if (OpenRunOf(keyId) is { } open)
        {
            _current.OnExposure(open);
            return open;
        }

        if (_runs.Count == MaxOpenRuns)
        {
            End(_runs[0]);
        }

        LastRun++;
        var run = new MonitorRun(LastRun, keyId, now, new SubjectTable(_maxSlots, Memory)) { Outcomes = new RunOutcomes(MaxImmatureSubjects, Memory) };
        FollowPlan(run);
        _runs.Add(run);
        _current.MakeCurrent(run);
        return run;
    }

    private void FollowPlan(MonitorRun run)
    {
        if (Plan.Plan is { } plan)
        {
            run.Outcomes.Follow(plan);
        }

        run.Progress.Compare(Plan.ComparisonId, Plan.Plan is null || Plan.IsComparedSinceFirst ? 0 : run.Outcomes.PrimaryOf(Plan.Plan)?.Sums.Count ?? 0);
    }

    private void Count(ExposureEvent exposure, int variant, string? keyId, in DateTimeOffset now, in Guid id)
    {
        var run = LatestRun is { } latest && latest == CurrentRun && string.Equals(latest.KeyId, keyId, StringComparison.Ordinal) ? latest : RunOf(keyId, now);
        var hash = _hash.Of(exposure.SubjectId!);
        run.Exposures.Add(hash);
        if (!run.Subjects.Includes(hash))
        {
            return;
        }

        var allocation = BoundedName.Of(exposure.AllocationVersion!);
        if (!run.TryGetVersion(allocation, out var version))
        {
            version = run.AddVersion(allocation, PlanOf(allocation));
            if (version < 0)
            {
                Tallies.Exclude(TooManyVersions);
                return;
            }
        }

        if (run.PlanOf(version) is null)
        {
            Undeclared.Add(allocation, now);
        }

        var scope = _hash.ScopeOf(exposure.SubjectType, exposure.TenantId);
        if (run.Subjects.Find(hash) is >= 0 and var index)
        {
            run.Subjects.Follow(index, scope, version, variant);
        }
        else if (run.PlanOf(version) is { } plan && !plan.Variants.Contains(variant))
        {
            Tallies.Exclude(NoWeight);
        }
        else if (run.IsUncounted(version) is var isFirst && run.TryCount(hash, scope, version, variant))
        {
            HasNewEvidence = true;
            var segments = run.Segments.Count(exposure, _segmentAttributes, version, variant);
            run.SetStarts(isFirst, exposure.VariantBuild, now);
            run.Outcomes.Open(new CountedSubject(SubjectHash.InScope(exposure.SubjectId!, scope), version, variant, segments), exposure, id, now);
        }
    }

    private MonitorRun? OpenRunOf(string? keyId) => MonitorRun.Find(_runs, keyId);
}
