using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Evaluates the monitored experiments once a second, publishes what has changed, and keeps the state.</summary>
internal sealed partial class ExperimentMonitorService(
    MonitorSession session,
    IEventPublisher publisher,
    IOptions<HostedExperimentMonitorOptions> options,
    TimeProvider time,
    ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan EvaluationInterval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = NonThrowingTimeProvider.Of(time);
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Monitoring));

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await EvaluateAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(EvaluationInterval, _time);
        var saved = _time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await EvaluateAsync(stoppingToken).ConfigureAwait(false);
                if (_time.GetElapsedTime(saved) >= options.Value.SnapshotInterval)
                {
                    saved = _time.GetTimestamp();
                    Save();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task EvaluateAsync(CancellationToken cancellationToken)
    {
        try
        {
            session.Monitor.Evaluate(_time.GetUtcNow());
            foreach (var signal in session.Monitor.TakeSignals())
            {
                Log(signal);
                await publisher.PublishAsync(signal, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }
    }

    /// <summary>Whatever goes wrong, the host must not stop because of it.</summary>
    private void Save()
    {
        try
        {
            session.Save();
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }
    }

    private void Log(AnalysisSignalEvent signal)
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

    [LoggerMessage(304, LogLevel.Information, "{SignalType}: {Finding}", EventName = "MonitorFindingEnded")]
    private partial void LogInformation(AnalysisSignalType signalType, string finding);

    [LoggerMessage(305, LogLevel.Warning, "{SignalType}: {Finding}", EventName = "MonitorFinding")]
    private partial void LogWarning(AnalysisSignalType signalType, string finding);

    [LoggerMessage(306, LogLevel.Error, "{SignalType}: {Finding}", EventName = "MonitorAlarm")]
    private partial void LogError(AnalysisSignalType signalType, string finding);

    [LoggerMessage(307, LogLevel.Error, "The experiment monitor failed to evaluate, to publish a finding or to keep its state; it goes on with the next evaluation.", EventName = "MonitorEvaluationFailed")]
    private partial void LogFailed(Exception exception);
}
