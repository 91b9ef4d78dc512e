namespace ExperimentFramework.DataPlane;

/// <summary>An error in the data plane itself. Exceptions thrown by variants are outcomes, not errors.</summary>
public sealed record ErrorEvent : DataPlaneEvent
{
    /// <inheritdoc/>
    /// <example>Error</example>
    public override DataPlaneEventType EventType => DataPlaneEventType.Error;

    /// <summary>The component that failed, for example a destination's name.</summary>
    /// <example>KafkaDataBackplane</example>
    public required string Source { get; init; }

    /// <summary>A description of the error.</summary>
    /// <example>The destination does not respond.</example>
    public required string Message { get; init; }

    /// <summary>The full name of the exception's type; null if there was no exception.</summary>
    /// <example>System.TimeoutException</example>
    public string? ErrorType { get; init; }
}
