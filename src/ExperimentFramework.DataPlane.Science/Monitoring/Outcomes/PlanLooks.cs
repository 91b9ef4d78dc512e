namespace ExperimentFramework.DataPlane.Science;

/// <summary>The looks at a metric under the plan: those that people took, the planned ones that were due, and what these found. They are dropped with its values, so another metric begins without looks.</summary>
internal sealed class PlanLooks
{
    /// <summary>Looks whose subjects differ by less than this factor see the same data and count as one.</summary>
    private const double SameData = 1.01;

    /// <summary>The joint distribution of looks that are closer than this cannot be integrated. Ten times the smallest step of the boundaries, so that rounding does not matter.</summary>
    private const double SmallestStep = 1 + 1e-5;

    private const int MaxLooks = 1 << 16;

    private readonly List<PastLook> _taken = [];
    private readonly List<Checkpoint> _due = [];
    private readonly List<PlannedDecision> _decisions = [];

    /// <summary>The error rate of the latest warning; 0 before the first.</summary>
    public double WarnedErrorRate { get; set; }

    /// <summary>The looks that people took, by ascending number of subjects.</summary>
    public IReadOnlyList<PastLook> Taken => _taken;

    /// <summary>The subjects of the latest planned look that was made in a comparison; 0 if none was.</summary>
    public long SubjectsOfLatest(string comparisonId) => _due.FindLast(checkpoint => checkpoint.ComparisonId == comparisonId).Subjects;

    /// <summary>Adds a look that a person took, unless the previous look saw the same data.</summary>
    /// <param name="look">The look.</param>
    /// <param name="rules">The rules of the present plan.</param>
    public void Add(PastLook look, LookRules rules)
    {
        var isDue = _taken.Count > 0 && rules.DueAt(look.Deciding) > rules.DueAt(_taken[^1].Deciding);
        if (_taken.Count == 0 || look.Subjects > _taken[^1].Subjects * SameData || (isDue && look.Subjects > _taken[^1].Subjects * SmallestStep))
        {
            _taken.Add(look);
        }
        else if (isDue)
        {
            // Hardly any subjects have been counted since, but enough time has passed.
            _taken[^1] = look with { Subjects = _taken[^1].Subjects };
        }
    }

    /// <summary>The planned looks in the comparison of one that is due now, with it, by ascending number of subjects. Earlier looks at hardly fewer subjects are left out.</summary>
    public IReadOnlyList<Checkpoint> With(Checkpoint checkpoint) =>
        [.. _due.Where(before => before.ComparisonId == checkpoint.ComparisonId && before.Subjects * SmallestStep < checkpoint.Subjects), checkpoint];

    /// <summary>Adds a planned look that is due.</summary>
    public void Add(Checkpoint checkpoint)
    {
        var all = With(checkpoint);
        _due.RemoveAll(before => before.ComparisonId == checkpoint.ComparisonId);
        _due.AddRange(all);
    }

    /// <summary>Whether a planned look found a variant to be higher than control; null if none has found a difference in this comparison.</summary>
    /// <param name="comparisonId">What is compared.</param>
    /// <param name="variant">The index of the variant.</param>
    public bool? DecisionOf(string comparisonId, int variant) => _decisions.Find(decision => decision.Is(comparisonId, variant))?.IsHigher;

    /// <summary>Records that a planned look rejected. The first one in a comparison decides.</summary>
    /// <param name="comparisonId">What the look compared.</param>
    /// <param name="variant">The index of the variant.</param>
    /// <param name="isHigher">Whether it was higher than control.</param>
    public void Decide(string comparisonId, int variant, bool isHigher)
    {
        if (!_decisions.Exists(decision => decision.Is(comparisonId, variant)))
        {
            _decisions.Add(new PlannedDecision(comparisonId, variant, isHigher));
        }
    }

    /// <summary>Writes the looks.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(WarnedErrorRate);
        writer.Write(_taken.Count);
        foreach (var look in _taken)
        {
            writer.Write(look.Subjects);
            writer.Write(look.Deciding);
        }

        writer.Write(_due.Count);
        foreach (var checkpoint in _due)
        {
            writer.Write(checkpoint.Look);
            writer.Write(checkpoint.Subjects);
            writer.Write(checkpoint.ComparisonId);
        }

        writer.Write(_decisions.Count);
        foreach (var (comparisonId, variant, isHigher) in _decisions)
        {
            writer.Write(comparisonId);
            writer.Write(variant);
            writer.Write(isHigher);
        }
    }

    /// <summary>Reads the data written by <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public void Read(BinaryReader reader)
    {
        WarnedErrorRate = OutcomeFormat.ReadFinite(reader);
        for (var left = OutcomeFormat.Range(reader.ReadInt32(), 0, MaxLooks); left > 0; left--)
        {
            PastLook look = new(OutcomeFormat.ReadCount(reader), OutcomeFormat.ReadCount(reader));
            if (look.Subjects > (_taken.Count == 0 ? 0 : _taken[^1].Subjects))
            {
                _taken.Add(look);
            }
        }

        for (var left = OutcomeFormat.Range(reader.ReadInt32(), 0, MaxLooks); left > 0; left--)
        {
            Add(new Checkpoint(OutcomeFormat.Range(reader.ReadInt32(), 0, LookSchedule.MaxLooks), OutcomeFormat.ReadCount(reader), reader.ReadString()));
        }

        for (var left = OutcomeFormat.Range(reader.ReadInt32(), 0, MaxLooks); left > 0; left--)
        {
            Decide(reader.ReadString(), OutcomeFormat.Range(reader.ReadInt32(), 0, SubjectQueue.MaxIndex - 1), reader.ReadBoolean());
        }
    }
}

/// <summary>A planned look that was due.</summary>
/// <param name="Look">Its number in the plan at that time, from 1.</param>
/// <param name="Subjects">The subjects whose values it included.</param>
/// <param name="ComparisonId">What it compared: <see cref="PlanRecord.ComparisonId"/>.</param>
internal readonly record struct Checkpoint(int Look, long Subjects, string ComparisonId);

/// <summary>What a planned look found.</summary>
/// <param name="ComparisonId">What it compared: <see cref="PlanRecord.ComparisonId"/>.</param>
/// <param name="Variant">The index of the variant that differs from control.</param>
/// <param name="IsHigher">Whether it was higher.</param>
internal sealed record PlannedDecision(string ComparisonId, int Variant, bool IsHigher)
{
    /// <summary>Whether it is about a variant in a comparison.</summary>
    public bool Is(string comparisonId, int variant) => Variant == variant && ComparisonId == comparisonId;
}
