namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// Which of the open runs of an experiment is shown and analysed: the one that began last. While hosts change to a new pseudonym key one after the other, exposures under the former key do not bring its run back, unless
/// nobody is exposed under the new one any more.
/// </summary>
internal sealed class RunInUse
{
    /// <summary>After this many exposures in the other run and none in the current one, the other one is the current one.</summary>
    private const int Patience = 10_000;

    private int _elsewhere;

    /// <summary>The run that is shown and analysed; null before the first.</summary>
    public MonitorRun? Current { get; private set; }

    /// <summary>The run of the latest exposure; null before the first.</summary>
    public MonitorRun? Latest { get; private set; }

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

    /// <summary>Makes a run the current one.</summary>
    public void Begin(MonitorRun run)
    {
        Current = run;
        Count(run);
    }

    /// <summary>Notes an exposure in a run.</summary>
    public void Count(MonitorRun run)
    {
        Latest = run;
        _elsewhere = run == Current ? 0 : _elsewhere + 1;
        if (_elsewhere > Patience)
        {
            Begin(run);
        }
    }

    /// <summary>Replaces a run that has ended.</summary>
    public void End(MonitorRun run, MonitorRun? next)
    {
        Latest = Latest == run ? next : Latest;
        if (Current == run)
        {
            (Current, _elsewhere) = (next, 0);
        }
    }

    /// <summary>Forgets all runs.</summary>
    public void Clear() => (Current, Latest, _elsewhere) = (null, null, 0);
}
