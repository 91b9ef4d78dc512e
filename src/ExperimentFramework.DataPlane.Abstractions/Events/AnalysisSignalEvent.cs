namespace ExperimentFramework.DataPlane;

/// <summary>A finding about an experiment.</summary>
public sealed record AnalysisSignalEvent : DataPlaneEvent
{
    private readonly EventValues _data;

    /// <inheritdoc/>
    /// <example>AnalysisSignal</example>
    public override DataPlaneEventType EventType => DataPlaneEventType.AnalysisSignal;

    /// <summary>The kind of finding.</summary>
    /// <example>SampleRatioMismatch</example>
    public required AnalysisSignalType SignalType { get; init; }

    /// <summary>The severity of the finding.</summary>
    /// <example>Warning</example>
    public required SignalSeverity Severity { get; init; }

    /// <summary>The finding in words.</summary>
    /// <example>The observed split is 52 to 48, but 50 to 50 was planned.</example>
    public required string Message { get; init; }

    /// <summary>The finding in numbers; null when there are none.</summary>
    /// <example>{"pValue":0.0001,"subjects":10000}</example>
    public IReadOnlyDictionary<string, object?>? Data
    {
        get => _data.Values;
        init => _data = new EventValues(value);
    }
}
