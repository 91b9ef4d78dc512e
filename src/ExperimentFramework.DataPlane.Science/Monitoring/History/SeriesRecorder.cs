namespace ExperimentFramework.DataPlane.Science;

/// <summary>The series of one experiment: the minutes of the last hour and the hours of the last month. The only cost for an exposure is a comparison of two times.</summary>
internal sealed class SeriesRecorder
{
    private const int MinutesKept = 60;
    private const int HoursKept = 31 * 24;

    private readonly SeriesBuckets _minutes = new(TimeSpan.FromMinutes(1), MinutesKept);
    private readonly SeriesBuckets _hours = new(TimeSpan.FromHours(1), HoursKept);
    private long _endOfMinute;
    private (int Run, string? Version, long[] Subjects) _weights = (0, null, []);

    /// <summary>Whether a minute has ended.</summary>
    public bool IsDue(DateTimeOffset now) => now.UtcTicks >= _endOfMinute;

    /// <summary>Ends the intervals whose time is over. Must be called before anything that belongs to the next intervals is counted.</summary>
    public void Advance(DateTimeOffset now, MonitoredExperiment experiment, ExperimentSignals signals)
    {
        var totals = TotalsOf(experiment, signals);
        _weights = (totals.Run, totals.Version, SubjectsByVersion(experiment.CurrentRun));
        _minutes.Advance(now, totals);
        _hours.Advance(now, totals);
        _endOfMinute = ((now.UtcTicks / TimeSpan.TicksPerMinute) + 1) * TimeSpan.TicksPerMinute;
    }

    /// <summary>Copies both series.</summary>
    public (SeriesCopy Minutes, SeriesCopy Hours) Copy(MonitoredExperiment experiment, ExperimentSignals signals)
    {
        var totals = TotalsOf(experiment, signals);
        return (_minutes.Copy(totals), _hours.Copy(totals));
    }

    /// <summary>Copies the minutes.</summary>
    public SeriesCopy CopyMinutes(MonitoredExperiment experiment, ExperimentSignals signals) => _minutes.Copy(TotalsOf(experiment, signals));

    /// <summary>The subjects of each variant that were counted under the current version of the weights.</summary>
    public long[] ComparedNow(MonitoredExperiment experiment)
    {
        var compared = new long[experiment.Variants.Count];
        if (experiment.CurrentRun is { } run && CurrentVersion(experiment) is { } current)
        {
            for (var version = 0; version < run.Versions.Count; version++)
            {
                if (run.Versions[version] == current)
                {
                    var counts = run.Counts[version];
                    counts[..Math.Min(compared.Length, counts.Length)].CopyTo(compared);
                }
            }
        }

        return compared;
    }

    /// <summary>The version of the weights under which most of the latest subjects were counted. Hosts change to new weights one after another, and returning subjects still have old ones.</summary>
    public string? CurrentVersion(MonitoredExperiment experiment)
    {
        if (experiment.CurrentRun is not { } run)
        {
            return null;
        }

        var subjects = SubjectsByVersion(run);
        if (_weights.Run != run.Number)
        {
            return Array.FindLastIndex(subjects, static count => count > 0) is >= 0 and var newest ? run.Versions[newest] : null;
        }

        var (best, most) = (_weights.Version, 0L);
        for (var version = 0; version < subjects.Length; version++)
        {
            var since = subjects[version] - (version < _weights.Subjects.Length ? _weights.Subjects[version] : 0);
            if (since > most)
            {
                (best, most) = (run.Versions[version], since);
            }
        }

        return best;
    }

    private SeriesTotals TotalsOf(MonitoredExperiment experiment, ExperimentSignals signals)
    {
        var variants = experiment.Variants.Count;
        var run = experiment.CurrentRun;
        var current = CurrentVersion(experiment);
        var subjects = new long[variants];
        for (var version = 0; version < (run?.Versions.Count ?? 0); version++)
        {
            var counts = run!.Counts[version];
            for (var variant = 0; variant < Math.Min(variants, counts.Length); variant++)
            {
                subjects[variant] += counts[variant];
            }
        }

        return new SeriesTotals(
            experiment.Tallies.ByVariant[..variants], subjects, ComparedNow(experiment), current, run?.Number ?? experiment.LastRun, experiment.Lost.Total, signals.LogPValue, signals.LogEvidence)
        {
            AllExposures = experiment.Tallies.Exposures,
        };
    }

    private static long[] SubjectsByVersion(MonitorRun? run)
    {
        var subjects = new long[run?.Versions.Count ?? 0];
        for (var version = 0; version < subjects.Length; version++)
        {
            foreach (var count in run!.Counts[version])
            {
                subjects[version] += count;
            }
        }

        return subjects;
    }
}
