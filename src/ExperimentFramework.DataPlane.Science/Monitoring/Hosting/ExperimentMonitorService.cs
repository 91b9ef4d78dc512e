using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Evaluates the monitored experiments once a second, publishes what has changed, and keeps the state.</summary>
internal sealed partial class ExperimentMonitorService(
    MonitorSession session,
    IEventPublisher publisher,
    IOptions<HostedExperimentMonitorOptions> options,
    ShutdownBudget shutdown,
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

        // What is still queued counts as well, and what that changes is signaled.
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await EvaluateAsync(cancellationToken).ConfigureAwait(false);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
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
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }

        while (session.Monitor.TryTakeSignal(out var signal))
        {
            await PublishAsync(signal, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PublishAsync(AnalysisSignalEvent signal, CancellationToken cancellationToken)
    {
        try
        {
            await publisher.PublishAsync(signal, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The snapshot keeps it, and the next start publishes it.
            session.Monitor.Return(signal);
            throw;
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }

        Log(signal);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        using var wait = shutdown.Begin();
        using var timeout = new CancellationTokenSource(wait.Remaining, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await publisher.FlushAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A destination does not accept its events in time, which the flush of the pipeline reports.
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
