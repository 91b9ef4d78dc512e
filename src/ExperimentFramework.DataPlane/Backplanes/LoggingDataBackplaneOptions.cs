namespace ExperimentFramework.DataPlane;

/// <summary>The options of the logging destination. Validated at start-up.</summary>
public sealed class LoggingDataBackplaneOptions
{
    /// <summary>How an event is written. Default: <see cref="EventFormat.Json"/>.</summary>
    public EventFormat Format { get; set; }
}
