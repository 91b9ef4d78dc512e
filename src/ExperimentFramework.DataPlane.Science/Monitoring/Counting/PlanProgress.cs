namespace ExperimentFramework.DataPlane.Science;

/// <summary>How far a run has come with its plan: what was said of it, and when its results were looked at.</summary>
internal sealed class PlanProgress
{
    /// <summary>Looks whose subjects differ by less than this factor see the same data, and count as one.</summary>
    private const double SameData = 1.01;

    /// <summary>The distribution of looks that are closer than this cannot be integrated. Ten times the smallest step of boundaries, so that rounding does not matter.</summary>
    private const double SmallestStep = 1 + 1e-5;

    private readonly List<TakenLook> _looks = [];
    private readonly List<Checkpoint> _checkpoints = [];

    /// <summary>Whether it was said that the planned sample was reached.</summary>
    public bool HasSample { get; set; }

    /// <summary>Whether it was said that the planned power was reached.</summary>
    public bool HasPower { get; set; }

    /// <summary>The error rate that was warned of last; 0 before a warning.</summary>
    public double WarnedErrorRate { get; set; }

    /// <summary>Whether it is known which time it is for the run: a status has no clock, and a snapshot has none either.</summary>
    public bool IsTimeKnown { get; set; }

    /// <summary>The time before which the plan has no look; null if it had passed when the run was evaluated last.</summary>
    public DateTimeOffset? LooksNotBefore { get; set; }

    /// <summary>The looks at the results, by rising subjects.</summary>
    public IReadOnlyList<TakenLook> Looks => _looks;

    /// <summary>The planned looks that have come.</summary>
    public IReadOnlyList<Checkpoint> Checkpoints => _checkpoints;

    /// <summary>Adds a look, unless the one before it saw the same data.</summary>
    public void AddLook(TakenLook look)
    {
        if (_looks.Count == 0 || look.Subjects > _looks[^1].Subjects * SameData || (look.Due > _looks[^1].Due && look.Subjects > _looks[^1].Subjects * SmallestStep))
        {
            _looks.Add(look);
        }
        else if (look.Due > _looks[^1].Due)
        {
            // Hardly a subject has come since, but enough time has passed.
            _looks[^1] = _looks[^1] with { Due = look.Due };
        }
    }

    /// <summary>The planned looks that have come, if one comes now. Those at as many subjects or more were looks at another metric, or at the same data.</summary>
    public IReadOnlyList<Checkpoint> CheckpointsWith(Checkpoint checkpoint) => [.. _checkpoints.Where(before => before.Subjects * SmallestStep < checkpoint.Subjects), checkpoint];

    /// <summary>Keeps planned looks in the place of those before.</summary>
    public void SetCheckpoints(IEnumerable<Checkpoint> checkpoints)
    {
        Checkpoint[] all = [.. checkpoints];
        _checkpoints.Clear();
        _checkpoints.AddRange(all);
    }

    /// <summary>Restores a look of a snapshot, unless it is at no more subjects than the one before.</summary>
    public void Restore(TakenLook look)
    {
        if (look.Subjects > (_looks.Count == 0 ? 0 : _looks[^1].Subjects))
        {
            _looks.Add(look);
        }
    }
}

/// <summary>A planned look that has come.</summary>
/// <param name="Look">Its number in the plan of then, from 1.</param>
/// <param name="Subjects">The subjects whose values were in it.</param>
internal readonly record struct Checkpoint(int Look, long Subjects);
