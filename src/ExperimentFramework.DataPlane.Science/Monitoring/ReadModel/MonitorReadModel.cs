namespace ExperimentFramework.DataPlane.Science;

/// <summary>The read model of an <see cref="ExperimentMonitor"/>.</summary>
/// <param name="monitor">The monitor.</param>
/// <param name="source">Where its events come from.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class MonitorReadModel(ExperimentMonitor monitor, ReadModelSource source, TimeProvider? time = null) : IExperimentReadModel
{
    private const int Minutes = 60;

    private readonly ExperimentMonitor _monitor = monitor ?? throw new ArgumentNullException(nameof(monitor));
    private readonly TimeProvider _time = NonThrowingTimeProvider.Of(time ?? TimeProvider.System);

    /// <inheritdoc/>
    public ReadModelSource Source { get; } = source ?? throw new ArgumentNullException(nameof(source));

    /// <inheritdoc/>
    public ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default)
    {
        // Read the time before the counts, so that the snapshot is never older than its time.
        var time = _time.GetUtcNow();
        var (experiments, work) = _monitor.ReadAll(Summarize);
        return ValueTask.FromResult(new ExperimentOverview
        {
            Time = time,
            Source = Source,
            Experiments = experiments,
            IgnoredEvents = work.IgnoredEvents,
            UnknownEvents = work.UnknownEvents,
            FailedEvents = work.FailedEvents,
            DroppedSignals = work.DroppedSignals,
            EvaluatedAt = work.EvaluatedAt,
        });
    }

    /// <inheritdoc/>
    public ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(experimentName);
        var time = _time.GetUtcNow();
        var (picture, hasFailed, evaluatedAt) = _monitor.ReadWithFaults(experimentName, Picture.Take);
        return ValueTask.FromResult(picture is null ? null : picture.Develop(time, Source) with { HasFailed = hasFailed, EvaluatedAt = evaluatedAt });
    }

    /// <summary>The monitor.</summary>
    internal ExperimentMonitor Monitor => _monitor;

    private static ExperimentListItem Summarize(WatchedExperiment watched, bool hasFailed)
    {
        var (experiment, signals, series) = (watched.Experiment, watched.Signals, watched.History.Series);
        var copy = series.CopyMinutes(experiment, signals);
        var compared = series.ComparedNow(experiment);
        var plan = series.CurrentVersion(experiment) is { } version ? experiment.PlanOf(version) : null;
        return new ExperimentListItem
        {
            Name = experiment.Name,
            State = signals.State,
            LogPValue = signals.LogPValue,
            Run = experiment.CurrentRun?.Number ?? 0,
            Variants = [.. experiment.Variants.Select((key, variant) => new AllocatedVariant(key, plan?.ShareOf(variant), compared[variant]))],
            Subjects = experiment.CurrentRun?.Counts.Total() ?? 0,
            Exposures = experiment.Tallies.Exposures,
            LostExposures = experiment.Lost.Total,
            HasCrossovers = signals.HasCrossovers,
            Doubt = signals.Doubt,
            HasFailed = hasFailed,
            ExposuresPerMinute = PerMinute(copy),
            EndsAt = experiment.Plan.Plan?.EndsAt,
            LastExposure = experiment.Tallies.Exposures == 0 ? null : experiment.Tallies.LastExposure,
        };
    }

    private static long[] PerMinute(SeriesCopy copy)
    {
        var minutes = new long[Minutes];
        for (var row = 0; row < copy.Rows.Length; row++)
        {
            if (copy.Rows[row].Bucket - copy.Last + Minutes - 1 is >= 0 and var minute)
            {
                minutes[minute] += copy.Rows[row].Exposures;
            }
        }

        return minutes;
    }

    /// <summary>The data that is copied under the monitor's lock. Everything else is computed afterwards.</summary>
    private sealed record Picture(
        ExperimentStatus Status,
        SeriesCopy Minutes,
        SeriesCopy Hours,
        Dictionary<string, AllocationPlan> Plans,
        IReadOnlyList<AnalysisSignalEvent> Signals,
        IReadOnlyList<(DataPlaneEnvelope Envelope, DateTimeOffset ArrivedAt)> Events)
    {
        public static Picture Take(WatchedExperiment watched)
        {
            var (minutes, hours) = watched.History.Series.Copy(watched.Experiment, watched.Signals);
            return new Picture(
                StatusReader.Read(watched.Experiment, watched.Signals, watched.History),
                minutes,
                hours,
                watched.Experiment.Plans.ToDictionary(static plan => plan.Version, static plan => plan.Plan, StringComparer.Ordinal),
                watched.History.LatestSignals,
                watched.History.LatestEvents);
        }

        public ExperimentDetail Develop(DateTimeOffset now, ReadModelSource source)
        {
            string[] variants = [.. Status.Variants.Select(static variant => variant.Key)];
            return new ExperimentDetail
            {
                Time = now,
                Source = source,
                Status = Status,
                Minutes = new SeriesReader(Minutes, variants, Plans).Read(),
                Hours = new SeriesReader(Hours, variants, Plans).Read(),
                LatestSignals = Signals,
                LatestEvents = [.. Events.Select(static kept => new RecentEvent(kept.ArrivedAt, kept.Envelope))],
            };
        }
    }
}
