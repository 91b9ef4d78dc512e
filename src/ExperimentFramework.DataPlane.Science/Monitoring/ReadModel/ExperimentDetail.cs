using System.Text.Json.Serialization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>One experiment at one moment.</summary>
public sealed record ExperimentDetail
{
    /// <summary>The version of this shape, as <c>major.minor.patch</c>.</summary>
    public string SchemaVersion { get; init; } = "1.0.0";

    /// <summary>The moment.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Where the events come from.</summary>
    public required ReadModelSource Source { get; init; }

    /// <summary>The counts and verdicts.</summary>
    public required ExperimentStatus Status { get; init; }

    /// <summary>Whether the monitor failed to process the experiment because of an internal fault, so that its counts and verdicts are incomplete.</summary>
    public bool HasFailed { get; init; }

    /// <summary>The time of processing at which its verdicts were last computed: in a process at most a second ago, over files the time of the last event. Null if they never were.</summary>
    public DateTimeOffset? EvaluatedAt { get; init; }

    /// <summary>Whether the results of the metrics were omitted because the plan has its own times for looks, so that a look must be requested. Counts are included.</summary>
    public bool AreResultsWithheld { get; init; }

    /// <summary>The last 60 minutes.</summary>
    public required ExperimentSeries Minutes { get; init; }

    /// <summary>The last 744 hours, which are 31 days.</summary>
    public required ExperimentSeries Hours { get; init; }

    /// <summary>The latest signals, at most 20, newest first.</summary>
    [JsonConverter(typeof(SignalListConverter))]
    public required IReadOnlyList<AnalysisSignalEvent> LatestSignals { get; init; }

    /// <summary>The latest exposures, assignments, outcomes and declarations, at most 20, newest first, as redacted when they arrived.</summary>
    public required IReadOnlyList<RecentEvent> LatestEvents { get; init; }

    /// <summary>The recorded looks at the results; null if no monitor of this process records looks.</summary>
    public LookHistory? Looks { get; init; }

    /// <summary>The destinations of this process's events, in the order of their registration; empty if the events come from elsewhere.</summary>
    public IReadOnlyList<DestinationOverview> Destinations { get; init; } = [];

    /// <summary>The events of the experiment that this process has dropped since it started, largest first; events outside the sample are not drops. Empty if the events come from elsewhere.</summary>
    public IReadOnlyList<DroppedEvents> Drops { get; init; } = [];
}

/// <summary>An event that arrived recently.</summary>
/// <param name="ArrivedAt">When it arrived.</param>
/// <param name="Envelope">The event.</param>
public sealed record RecentEvent(DateTimeOffset ArrivedAt, [property: JsonConverter(typeof(EnvelopeConverter))] DataPlaneEnvelope Envelope);
