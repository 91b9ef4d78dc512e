namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// Selects which of the open runs of an experiment is shown and analysed: the one that began last. While hosts change to a new pseudonym key one after the other, exposures under the former key do not bring its run back. After
/// 10,000 of them and none under the new key, the former run is shown again.
/// </summary>
/// <remarks>A snapshot does not contain this count, so it begins again after a restart.</remarks>
internal sealed class CurrentRunSelector
{
    /// <summary>After this many exposures in the other run and none in the current one, the other one is the current one.</summary>
    private const int SwitchBackAfter = 10_000;

    private int _elsewhere;

    /// <summary>The run that is shown and analysed; null before the first.</summary>
    public MonitorRun? Current { get; private set; }

    /// <summary>The run of the latest exposure; null before the first.</summary>
    public MonitorRun? Latest { get; private set; }

    /// <summary>Makes a run the current one.</summary>
    public void MakeCurrent(MonitorRun run) => (Current, Latest, _elsewhere) = (run, run, 0);

    /// <summary>Notes an exposure in a run.</summary>
    public void OnExposure(MonitorRun run)
    {
        Latest = run;
        _elsewhere = run == Current ? 0 : _elsewhere + 1;
        if (_elsewhere >= SwitchBackAfter)
        {
            MakeCurrent(run);
        }
    }

    /// <summary>Replaces a run that has ended.</summary>
    public void OnEnded(MonitorRun run, MonitorRun? next)
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
