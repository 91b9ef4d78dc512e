namespace ExperimentFramework.DataPlane;

/// <summary>A fault of the data plane itself. Exceptions of variants are outcomes, not errors.</summary>
public sealed record ErrorEvent : DataPlaneEvent
{
    /// <inheritdoc/>
    /// <example>Error</example>
    public override DataPlaneEventType EventType => DataPlaneEventType.Error;

    /// <summary>What failed, for example a destination's name.</summary>
    /// <example>KafkaDataBackplane</example>
    public required string Source { get; init; }

    /// <summary>The fault in words.</summary>
    /// <example>The destination does not answer.</example>
    public required string Message { get; init; }

    /// <summary>The full name of the exception's type; null when there was none.</summary>
    /// <example>System.TimeoutException</example>
    public string? ErrorType { get; init; }
}
