namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// One uninterrupted count of an experiment's subjects, under one pseudonym key. Each subject is counted once, at the first of its exposures to arrive, under the version of the weights and the variant of that exposure.
/// </summary>
internal sealed class MonitorRun
{
    /// <summary>New builds beyond this number do not set a start: a stream can contain any number of builds.</summary>
    private const int MaxBuilds = 256;

    /// <summary>Replacing a version requires a search through all subjects, so a stream that keeps introducing versions must be limited.</summary>
    private const int MaxAddedVersions = 4_096;

    private readonly List<string> _versions = [];
    private readonly List<AllocationPlan?> _plans = [];
    private readonly HashSet<Guid> _builds = [];
    private int _latest;
    private int _oldest;

    /// <summary>Starts a run.</summary>
    /// <param name="number">Its number among the runs of the experiment, from 1.</param>
    /// <param name="keyId">The id of the pseudonym key of its subjects; null if they have none.</param>
    /// <param name="startedAt">When it started.</param>
    /// <param name="subjects">The table of its subjects.</param>
    public MonitorRun(int number, string? keyId, DateTimeOffset startedAt, SubjectTable subjects)
    {
        Number = number;
        KeyId = keyId;
        StartedAt = startedAt;
        Subjects = subjects;
        Day = DateOnly.FromDateTime(startedAt.UtcDateTime);
        Clock.Advance(startedAt);
    }

    /// <summary>The run of a pseudonym key; null if there is none.</summary>
    public static MonitorRun? Find(List<MonitorRun> runs, string? keyId)
    {
        foreach (var run in runs)
        {
            if (string.Equals(run.KeyId, keyId, StringComparison.Ordinal))
            {
                return run;
            }
        }

        return null;
    }

    public int Number { get; }

    public string? KeyId { get; }

    public DateTimeOffset StartedAt { get; }

    public SubjectTable Subjects { get; }

    /// <summary>The moves of subjects that are stored elsewhere; null if they are in <see cref="Subjects"/>.</summary>
    public SubjectMoves? MovesElsewhere { get; set; }

    /// <summary>How many subjects are tracked, and how many of them moved.</summary>
    public SubjectMoves Moves => MovesElsewhere ?? new(Subjects.Count, Subjects.Crossovers, Subjects.ExplainedMoves);

    public VersionedCounts Counts { get; init; } = new();

    public StartPoints Starts { get; } = new();

    public SegmentCounts Segments { get; } = new();

    /// <summary>The outcomes of subjects after their first exposure.</summary>
    public RunOutcomes Outcomes { get; init; } = new(SubjectTable.MinSlots);

    /// <summary>The progress of the run through the plan.</summary>
    public PlanProgress Progress { get; init; } = new();

    /// <summary>The latest UTC day on which subjects were counted.</summary>
    public DateOnly Day { get; set; }

    /// <summary>The versions of the weights of the latest subjects.</summary>
    public RecentVersions Recent { get; init; } = new();

    /// <summary>The declared split under which most of the latest subjects were counted; null if there is none.</summary>
    public AllocationPlan? LatestPlan
    {
        get
        {
            var version = Recent.FindMost(index => index < _plans.Count && _plans[index] is not null);
            return version >= 0 ? _plans[version] : _plans.FindLast(static plan => plan is not null);
        }
    }

    /// <summary>Whether a declared version of the weights splits subjects.</summary>
    public bool HasWeights => _plans.Exists(static plan => plan is { IsTestable: true });

    /// <summary>The largest ln E so far.</summary>
    public double SupLogEValue { get; set; }

    /// <summary>
    /// ln p of the run: the smallest so far. Run r has the weight 1 / (r (r + 1)), which bounds the probability that a healthy experiment is ever reported, whatever the number of runs.
    /// </summary>
    public double LogPValue => LogPValueOf(SupLogEValue);

    /// <summary>
    /// The share of the plan's error rate that is available to comparisons, looks and planned looks of this run: 2 / (r (r + 1)) for run r. The first run has all of it, and all runs together have at most twice as much, whatever their
    /// number.
    /// </summary>
    public double ErrorShare => 2 / (Number * (Number + 1.0));

    /// <summary>Whether crossovers were reported and the finding has not ended.</summary>
    public bool HasCrossovers { get; set; }

    /// <summary>The exposures that could count a subject, and whether nearly all of them belong to one subject.</summary>
    public FrequentSubject Exposures { get; } = new();

    /// <summary>The number of subjects counted since the evidence was last computed.</summary>
    public int NewSubjects { get; set; }

    /// <summary>The versions of the weights, by index.</summary>
    public IReadOnlyList<string> Versions => _versions;

    /// <summary>The builds of variants seen so far.</summary>
    public IReadOnlyCollection<Guid> Builds => _builds;

    /// <summary>How often a version was added.</summary>
    public int AddedVersions { get; set; }

    /// <summary>The index of the version that is replaced next, once there are 64.</summary>
    public int OldestVersion => _oldest;

    /// <summary>The planned split of a version; null if it was not declared.</summary>
    public AllocationPlan? PlanOf(int version) => _plans[version];

    /// <summary>Whether no subject has been counted under a version.</summary>
    public bool IsUncounted(int version) => !Counts[version].ContainsAnyExcept(0);

    /// <summary>Finds the index of a version of the weights.</summary>
    public bool TryGetVersion(string version, out int index)
    {
        if (_latest < _versions.Count && string.Equals(_versions[_latest], version, StringComparison.Ordinal))
        {
            index = _latest;
            return true;
        }

        index = _versions.IndexOf(version);
        if (index >= 0)
        {
            _latest = index;
        }

        return index >= 0;
    }

    /// <summary>Adds a version of the weights. The counts of the oldest one are dropped if there are 64 already; its evidence remains.</summary>
    /// <returns>Its index; -1 if there were too many.</returns>
    public int AddVersion(string version, AllocationPlan? plan)
    {
        if (AddedVersions == MaxAddedVersions)
        {
            return -1;
        }

        AddedVersions++;
        if (_versions.Count < SubjectTable.MaxVersions)
        {
            _versions.Add(version);
            _plans.Add(plan);
            return _versions.Count - 1;
        }

        var index = _oldest;
        _oldest = (_oldest + 1) % SubjectTable.MaxVersions;
        Retire(index);
        Subjects.RetireVersion(index);
        Outcomes.RetireVersion(index);
        Recent.Retire(index);
        _versions[index] = version;
        _plans[index] = plan;
        return index;
    }

    /// <summary>ln p of the run for a given largest ln E.</summary>
    public double LogPValueOf(double logEValue) => Math.Min(0, UnboundedLogPValueOf(logEValue));

    /// <summary>The same without the upper bound of 0. Evidence for the planned split makes it positive.</summary>
    public double UnboundedLogPValueOf(double logEValue) => Math.Log(Number * (Number + 1.0)) - logEValue;

    /// <summary>Sets the planned split of a version that was seen before it was declared.</summary>
    /// <returns>The number of subjects that are no longer counted, because their variant has no weight.</returns>
    public long Declare(string version, AllocationPlan plan)
    {
        if (!TryGetVersion(version, out var index) || _plans[index] is not null)
        {
            return 0;
        }

        _plans[index] = plan;
        foreach (var (_, counts) in Segments.All)
        {
            counts.KeepOnly(index, plan.Variants);
        }

        return Counts.KeepOnly(index, plan.Variants);
    }

    /// <summary>The clock by which days are counted.</summary>
    public StreamClock Clock { get; init; } = new();

    /// <summary>Restores the versions from a snapshot.</summary>
    public void RestoreVersions(IEnumerable<string> versions, int oldest, IEnumerable<Guid> builds)
    {
        _versions.AddRange(versions);
        _plans.AddRange(new AllocationPlan?[_versions.Count]);
        _oldest = oldest;
        _builds.UnionWith(builds);
    }

    /// <summary>Counts a new subject.</summary>
    /// <returns>False if its hash is above the threshold.</returns>
    public bool TryCount(ulong hash, long scope, int version, int variant)
    {
        if (!Subjects.TryAdd(hash, scope, version, variant))
        {
            return false;
        }

        Counts.Increment(version, variant);
        Recent.Count(version);
        NewSubjects++;
        return true;
    }

    /// <summary>
    /// Sets a start if something new was seen. The start applies from the next subject on, because whether it is set may depend on the variant of this subject.
    /// </summary>
    public void SetStarts(bool isFirstOfVersion, Guid? build, DateTimeOffset now)
    {
        var isAccepted = Clock.TryAdvance(now);
        var today = isAccepted ? DateOnly.FromDateTime(new DateTime(Clock.Now, DateTimeKind.Utc)) : Day;
        if (isFirstOfVersion && Counts.Total() > 1)
        {
            Starts.Add(now, StartCause.AllocationVersion, Counts);
        }
        else if (build is { } known && _builds.Count < MaxBuilds && _builds.Add(known) && _builds.Count > 1)
        {
            Starts.Add(now, StartCause.Build, Counts);
        }
        else if (today > Day)
        {
            Starts.Add(now, StartCause.Day, Counts);
        }

        Day = today > Day ? today : Day;
    }

    /// <summary>Gives the memory of its subjects back to other experiments.</summary>
    public void Release()
    {
        Subjects.Release();
        Outcomes.Release();
    }

    /// <summary>Replaces the counts of a version with their evidence, which no longer changes.</summary>
    private void Retire(int version)
    {
        foreach (var start in Starts.All)
        {
            start.Counts.RetiredLogEValue += LogEValueOf(Counts, start.Counts);
            start.Counts.Set(version, null);
        }

        foreach (var (_, counts) in Segments.All)
        {
            counts.RetiredLogEValue += LogEValueOf(counts, null);
            counts.Set(version, null);
        }

        Counts.RetiredLogEValue += LogEValueOf(Counts, null);
        Counts.Set(version, null);

        double LogEValueOf(VersionedCounts counts, VersionedCounts? earlier) =>
            _plans[version]?.LogEValue(counts[version], earlier is null ? default : earlier[version]) ?? 0;
    }
}

/// <summary>The last run of an experiment.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Run">The number of the run.</param>
/// <param name="LogPValue">The smallest ln p since the last reset, without the factor for several hosts.</param>
internal sealed record RunNumber(string Experiment, int Run, double LogPValue);
