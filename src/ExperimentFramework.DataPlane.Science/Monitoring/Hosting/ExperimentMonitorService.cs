using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Evaluates the monitored experiments once a second, publishes what has changed, and saves the state.</summary>
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
    private readonly SignalLog _signals = new(loggers);
    private bool _hasIgnored;
    private bool _hasUnknown;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);

        // Count the events that are still queued, and signal what they change.
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
            // The host is stopping.
        }
    }

    private async Task EvaluateAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var fault in session.Monitor.EvaluateEach(_time.GetUtcNow()))
            {
                LogExperimentFailed(fault.Experiment, fault.Exception);
            }
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }

        LogUncounted();

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
            // The snapshot keeps the signal, and the next start publishes it.
            session.Monitor.Return(signal);
            throw;
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }

        _signals.Write(signal);
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
            // A destination did not accept its events in time. The flush of the pipeline reports that.
        }
    }

    /// <summary>Saves the state. A failure must not stop the host.</summary>
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

    /// <summary>Logs once that some events are not counted.</summary>
    private void LogUncounted()
    {
        if (!_hasIgnored && session.Monitor.IgnoredEvents > 0)
        {
            _hasIgnored = true;
            LogIgnored(options.Value.MaxExperiments);
        }

        if (!_hasUnknown && session.Monitor.UnknownEvents > 0)
        {
            _hasUnknown = true;
            LogUnknown();
        }
    }

    [LoggerMessage(307, LogLevel.Error, "The experiment monitor failed to evaluate, to publish a finding or to save its state. It continues with the next evaluation.", EventName = "MonitorEvaluationFailed")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(309, LogLevel.Error, "The experiment monitor failed to process {Experiment}, so its counts and verdicts are incomplete. Monitoring continues with the next event, and other experiments are not affected. Further faults of this experiment are not logged.", EventName = "MonitorExperimentFailed")]
    private partial void LogExperimentFailed(string experiment, Exception exception);

    [LoggerMessage(317, LogLevel.Warning, "Events of more than {MaxExperiments} experiments arrived at the experiment monitor, and those of further experiments are ignored. Raise ExperimentMonitorOptions.MaxExperiments, or look for an experiment name that is generated for each request.", EventName = "MonitorExperimentsIgnored")]
    private partial void LogIgnored(int maxExperiments);

    [LoggerMessage(318, LogLevel.Warning, "Events or plans that this version cannot read arrived at the experiment monitor and are not counted. Update the application to the version that writes them.", EventName = "MonitorEventsUnknown")]
    private partial void LogUnknown();
}
