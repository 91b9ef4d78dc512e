using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Logs the signals of a monitor, wherever it runs, at the level of their severity.</summary>
/// <param name="loggers">Creates the logger.</param>
internal sealed partial class SignalLog(ILoggerFactory loggers)
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Monitoring));

    /// <summary>Logs a signal.</summary>
    public void Write(AnalysisSignalEvent signal)
    {
        switch (signal.Severity)
        {
            case SignalSeverity.Info:
                LogInformation(signal.SignalType, signal.Message);
                break;
            case SignalSeverity.Warning:
                LogWarning(signal.SignalType, signal.Message);
                break;
            default:
                LogError(signal.SignalType, signal.Message);
                break;
        }
    }

    [LoggerMessage(304, LogLevel.Information, "{SignalType}: {Finding}", EventName = "MonitorInformation")]
    private partial void LogInformation(AnalysisSignalType signalType, string finding);

    [LoggerMessage(305, LogLevel.Warning, "{SignalType}: {Finding}", EventName = "MonitorFinding")]
    private partial void LogWarning(AnalysisSignalType signalType, string finding);

    [LoggerMessage(306, LogLevel.Error, "{SignalType}: {Finding}", EventName = "MonitorAlarm")]
    private partial void LogError(AnalysisSignalType signalType, string finding);
}
