namespace ExperimentFramework.DataPlane.Science;

/// <summary>How far a run has come with its plan: what was said of it, and when its results were looked at.</summary>
internal sealed class PlanProgress
{
    /// <summary>Looks whose subjects differ by less than this factor see the same data, and count as one.</summary>
    private const double SameData = 1.01;

    private readonly List<TakenLook> _looks = [];
    private readonly List<Checkpoint> _checkpoints = [];

    /// <summary>Whether it was said that the planned sample was reached.</summary>
    public bool HasSample { get; set; }

    /// <summary>Whether it was said that the planned power was reached.</summary>
    public bool HasPower { get; set; }

    /// <summary>The error rate that was warned of last; 0 before a warning.</summary>
    public double WarnedErrorRate { get; set; }

    /// <summary>The looks at the results, by rising subjects.</summary>
    public IReadOnlyList<TakenLook> Looks => _looks;

    /// <summary>The planned looks that have come.</summary>
    public IReadOnlyList<Checkpoint> Checkpoints => _checkpoints;

    /// <summary>The number of the latest of them, from 1; 0 before the first.</summary>
    public int LastCheckpoint => _checkpoints.Count == 0 ? 0 : _checkpoints[^1].Look;

    /// <summary>Adds a look, unless the one before it saw the same data.</summary>
    public void AddLook(TakenLook look)
    {
        if (_looks.Count == 0 || look.Subjects > _looks[^1].Subjects * SameData || (look.Due > _looks[^1].Due && look.Subjects > _looks[^1].Subjects))
        {
            _looks.Add(look);
        }
        else if (look.Due > _looks[^1].Due)
        {
            // No subjects have come since, but enough time has passed.
            _looks[^1] = _looks[^1] with { Due = look.Due };
        }
    }

    /// <summary>Adds a planned look.</summary>
    public void AddCheckpoint(Checkpoint checkpoint) => _checkpoints.Add(checkpoint);

    /// <summary>Restores what a snapshot held.</summary>
    public void Restore(IEnumerable<TakenLook> looks, IEnumerable<Checkpoint> checkpoints)
    {
        _looks.AddRange(looks);
        _checkpoints.AddRange(checkpoints);
    }
}

/// <summary>A planned look that has come.</summary>
/// <param name="Look">Its number in the plan, from 1.</param>
/// <param name="InformationTime">The subjects then, as a share of the planned sample.</param>
internal readonly record struct Checkpoint(int Look, double InformationTime);
