namespace ExperimentFramework.DataPlane;

/// <summary>A finding about an experiment.</summary>
public sealed record AnalysisSignalEvent : DataPlaneEvent
{
    private readonly EventValues _data;

    /// <inheritdoc/>
    /// <example>AnalysisSignal</example>
    public override DataPlaneEventType EventType => DataPlaneEventType.AnalysisSignal;

    /// <summary>What was found.</summary>
    /// <example>SampleRatioMismatch</example>
    public required AnalysisSignalType SignalType { get; init; }

    /// <summary>How much it matters.</summary>
    /// <example>Warning</example>
    public required SignalSeverity Severity { get; init; }

    /// <summary>The finding in words.</summary>
    /// <example>The split is 52 to 48; planned was 50 to 50.</example>
    public required string Message { get; init; }

    /// <summary>The finding in numbers; null when there are none.</summary>
    /// <example>{"pValue":0.0001,"subjects":10000}</example>
    public IReadOnlyDictionary<string, object?>? Data
    {
        get => _data.Values;
        init => _data = new EventValues(value);
    }
}
