namespace ExperimentFramework.DataPlane;

/// <summary>A finding about an experiment.</summary>
public sealed record AnalysisSignalEvent : DataPlaneEvent
{
    /// <inheritdoc/>
    public override DataPlaneEventType EventType => DataPlaneEventType.AnalysisSignal;

    /// <summary>What was found.</summary>
    public required AnalysisSignalType SignalType { get; init; }

    /// <summary>How much it matters.</summary>
    public required SignalSeverity Severity { get; init; }

    /// <summary>The finding in words.</summary>
    public required string Message { get; init; }

    /// <summary>The finding in numbers; null when there are none.</summary>
    public IReadOnlyDictionary<string, object?>? Data { get; init; }
}
