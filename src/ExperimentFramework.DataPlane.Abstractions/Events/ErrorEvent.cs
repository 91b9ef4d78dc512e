namespace ExperimentFramework.DataPlane;

/// <summary>An error in the data plane itself. Exceptions thrown by variants are outcomes, not errors.</summary>
public sealed record ErrorEvent : DataPlaneEvent
{
    private readonly EventValues _data;

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

    /// <summary>
    /// The error in numbers; null when there are none. For a loss of events: the arrays <c>experiment</c>, <c>variant</c>, <c>eventType</c>, <c>reason</c> and
    /// <c>count</c>, of equal length, whose items with the same index belong together. The event that a loss has begun counts what was lost until then, and the event that it has ended the whole loss.
    /// </summary>
    /// <example>{"experiment":["checkout-pricing"],"variant":["dynamic"],"eventType":["Exposure"],"reason":["queue_full"],"count":[12]}</example>
    public IReadOnlyDictionary<string, object?>? Data
    {
        get => _data.Values;
        init => _data = new EventValues(value);
    }
}
