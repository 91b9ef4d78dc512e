using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The severity of an event, as the log data model of OpenTelemetry numbers it (https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber).</summary>
internal readonly record struct EventSeverity(int Number, AttributeName Text, LogLevel Level)
{
    private static readonly EventSeverity Info = new(9, new AttributeName("INFO"), LogLevel.Information);
    private static readonly EventSeverity Warning = new(13, new AttributeName("WARN"), LogLevel.Warning);
    private static readonly EventSeverity Error = new(17, new AttributeName("ERROR"), LogLevel.Error);
    private static readonly EventSeverity Fatal = new(21, new AttributeName("FATAL"), LogLevel.Critical);

    /// <summary>Errors of the data plane are errors, and signals have their own severity. What the application does, including a failed outcome, is information.</summary>
    public static EventSeverity Of(DataPlaneEvent payload) => payload switch
    {
        ErrorEvent => Error,
        AnalysisSignalEvent signal => signal.Severity switch
        {
            SignalSeverity.Warning => Warning,
            SignalSeverity.Error => Error,
            SignalSeverity.Critical => Fatal,
            _ => Info,
        },
        _ => Info,
    };
}
