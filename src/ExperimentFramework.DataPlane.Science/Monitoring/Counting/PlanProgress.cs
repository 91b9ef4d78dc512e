namespace ExperimentFramework.DataPlane.Science;

/// <summary>The progress of a run through its plan: what was reported, and the looks at its results.</summary>
internal sealed class PlanProgress
{
    /// <summary>Looks whose subjects differ by less than this factor see the same data and count as one.</summary>
    private const double SameData = 1.01;

    /// <summary>The joint distribution of looks that are closer than this cannot be integrated. Ten times the smallest step of the boundaries, so that rounding does not matter.</summary>
    private const double SmallestStep = 1 + 1e-5;

    private readonly List<PastLook> _looks = [];
    private readonly List<Checkpoint> _checkpoints = [];
    private readonly SortedDictionary<int, bool> _decisions = [];

    /// <summary>Whether reaching the planned sample was signaled.</summary>
    public bool HasSample { get; set; }

    /// <summary>Whether reaching the planned power was signaled.</summary>
    public bool HasPower { get; set; }

    /// <summary>The error rate of the latest warning; 0 before the first.</summary>
    public double WarnedErrorRate { get; set; }

    /// <summary>Whether the current time is known for the run: neither a status nor a snapshot has a clock.</summary>
    public bool IsTimeKnown { get; set; }

    /// <summary>The time before which the plan allows no look; null if it had passed when the run was last evaluated.</summary>
    public DateTimeOffset? LooksNotBefore { get; set; }

    /// <summary>The looks at the results, those at one comparison by ascending number of subjects.</summary>
    public IReadOnlyList<PastLook> Looks => _looks;

    /// <summary>The planned looks that were due so far, those at one comparison by ascending number of subjects.</summary>
    public IReadOnlyList<Checkpoint> Checkpoints => _checkpoints;

    /// <summary>The variants, by index, that a planned look found to differ from control, and whether they were higher.</summary>
    public IReadOnlyDictionary<int, bool> Decisions => _decisions;

    /// <summary>What these looks compared: <see cref="PlanRecord.ComparisonId"/>.</summary>
    public string ComparisonId { get; private set; } = string.Empty;

    /// <summary>Whether a planned look found a variant to be higher than control; null if none has found a difference in this comparison.</summary>
    /// <param name="comparisonId">What is compared.</param>
    /// <param name="variant">The index of the variant.</param>
    public bool? DecisionOf(string comparisonId, int variant) => comparisonId == ComparisonId && _decisions.TryGetValue(variant, out var isHigher) ? isHigher : null;

    /// <summary>Records that a planned look rejected. The first one decides; those at another comparison are forgotten.</summary>
    /// <param name="comparisonId">What the look compared.</param>
    /// <param name="variant">The index of the variant.</param>
    /// <param name="isHigher">Whether it was higher than control.</param>
    public void Decide(string comparisonId, int variant, bool isHigher)
    {
        if (comparisonId != ComparisonId)
        {
            _decisions.Clear();
            ComparisonId = comparisonId;
        }

        _decisions.TryAdd(variant, isHigher);
    }

    /// <summary>The looks at one comparison. Those at another one saw other results: a change of what is compared begins a sequence of looks of its own, and is signaled.</summary>
    public IReadOnlyList<PastLook> LooksAt(string comparisonId) => [.. _looks.Where(look => look.ComparisonId == comparisonId)];

    /// <summary>The planned looks at one comparison that were due so far.</summary>
    public IReadOnlyList<Checkpoint> CheckpointsAt(string comparisonId) => [.. _checkpoints.Where(checkpoint => checkpoint.ComparisonId == comparisonId)];

    /// <summary>Adds a look, unless the previous look at the same comparison saw the same data.</summary>
    /// <param name="look">The look.</param>
    /// <param name="rules">The rules of the present plan.</param>
    public void AddLook(PastLook look, LookRules rules)
    {
        var index = _looks.FindLastIndex(before => before.ComparisonId == look.ComparisonId);
        var isDue = index >= 0 && rules.DueAt(look.Deciding) > rules.DueAt(_looks[index].Deciding);
        if (index < 0 || look.Subjects > _looks[index].Subjects * SameData || (isDue && look.Subjects > _looks[index].Subjects * SmallestStep))
        {
            _looks.Add(look);
        }
        else if (isDue)
        {
            // Hardly any subjects have been counted since, but enough time has passed.
            _looks[index] = look with { Subjects = _looks[index].Subjects };
        }
    }

    /// <summary>The planned looks at the comparison of one that is due now, with it. Earlier ones at hardly fewer subjects are left out.</summary>
    public IReadOnlyList<Checkpoint> CheckpointsWith(Checkpoint checkpoint) => [.. CheckpointsAt(checkpoint.ComparisonId).Where(before => before.Subjects * SmallestStep < checkpoint.Subjects), checkpoint];

    /// <summary>Adds a planned look that is due.</summary>
    public void AddCheckpoint(Checkpoint checkpoint)
    {
        var all = CheckpointsWith(checkpoint);
        _checkpoints.RemoveAll(before => before.ComparisonId == checkpoint.ComparisonId);
        _checkpoints.AddRange(all);
    }

    /// <summary>Restores a look from a snapshot, unless it has no more subjects than the previous one at the same comparison.</summary>
    public void Restore(PastLook look)
    {
        if (look.Subjects > _looks.FindLast(before => before.ComparisonId == look.ComparisonId).Subjects)
        {
            _looks.Add(look);
        }
    }
}

/// <summary>A planned look that was due.</summary>
/// <param name="Look">Its number in the plan at that time, from 1.</param>
/// <param name="Subjects">The subjects whose values it included.</param>
/// <param name="ComparisonId">What it compared: <see cref="PlanRecord.ComparisonId"/>.</param>
internal readonly record struct Checkpoint(int Look, long Subjects, string ComparisonId);
