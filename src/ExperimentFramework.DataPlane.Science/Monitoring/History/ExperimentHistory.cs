namespace ExperimentFramework.DataPlane.Science;

/// <summary>The recent history of one experiment: its series, events and signals. It is kept in memory only and starts empty with the process.</summary>
internal sealed class ExperimentHistory
{
    private const int MaxEvents = 20;
    private const int MaxSignals = 20;

    /// <summary>Events with a longer id or more attributes are not kept, so that memory stays bounded whatever the stream contains.</summary>
    private const int MaxKeptSubjectLength = 1_024;
    private const int MaxKeptAttributes = 64;
    private const int MaxKeptMessageLength = 4_096;

    private readonly RecentItems<(DataPlaneEnvelope Envelope, DateTimeOffset ArrivedAt)> _events = new(MaxEvents);
    private readonly RecentItems<AnalysisSignalEvent> _signals = new(MaxSignals);

    /// <summary>The time series.</summary>
    public SeriesRecorder Series { get; } = new();

    /// <summary>The builds of variants.</summary>
    public ServedBuilds Builds { get; } = new();

    /// <summary>The latest events, newest first.</summary>
    public IReadOnlyList<(DataPlaneEnvelope Envelope, DateTimeOffset ArrivedAt)> LatestEvents => _events.ToArray();

    /// <summary>The latest signals, newest first.</summary>
    public IReadOnlyList<AnalysisSignalEvent> LatestSignals => _signals.ToArray();

    /// <summary>Keeps an exposure.</summary>
    public void Observe(DataPlaneEnvelope envelope, ExposureEvent exposure, in DateTimeOffset now)
    {
        // If another variant was served as a fallback, its build says nothing about the assigned variant.
        if (exposure.VariantBuild is { } build && exposure.AssignedVariantKey is null)
        {
            Builds.Add(exposure.VariantKey, build, now);
        }

        if (exposure.Attributes is not { Count: > MaxKeptAttributes } && exposure.SubjectId is not { Length: > MaxKeptSubjectLength })
        {
            _events.Add((envelope, now));
        }
    }

    /// <summary>Keeps an event other than an exposure.</summary>
    public void Observe(DataPlaneEnvelope envelope, string? subjectId, DateTimeOffset now)
    {
        if (subjectId is not { Length: > MaxKeptSubjectLength })
        {
            _events.Add((envelope, now));
        }
    }

    /// <summary>Keeps a signal from the stream: a finding that the application published.</summary>
    public void AddSignal(AnalysisSignalEvent signal)
    {
        if (signal.Data is not { Count: > MaxKeptAttributes } && signal.Message.Length <= MaxKeptMessageLength)
        {
            _signals.Add(signal);
        }
    }

    /// <summary>Keeps the signals of a list, starting at an index.</summary>
    public void AddSignals(List<AnalysisSignalEvent> signals, int from)
    {
        for (var index = from; index < signals.Count; index++)
        {
            _signals.Add(signals[index]);
        }
    }
}
