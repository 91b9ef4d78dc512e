using ExperimentFramework.DataPlane.Kafka;
using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Kafka;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Runs the topology from the start of the host to its end, and restarts after a failure: the state is in the changelog topics.</summary>
/// <param name="monitor">What all steps of the topology share.</param>
/// <param name="metrics">The instruments, which live as long.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">The loggers, also of the engine.</param>
internal sealed partial class ExperimentMonitorStreamsService(StreamsMonitor monitor, MonitorMetrics metrics, TimeProvider time, ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReportPolling = TimeSpan.FromMilliseconds(50);

    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Monitoring));

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        NativeLibraryCheck.Loaded().Require();
        StreamsClients.Require(monitor.Options, EngineSettings.Create(monitor, loggers));
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        monitor.IsStopping = true;
        while (monitor.Unreported > 0 && monitor.EngineState == KafkaStream.State.RUNNING && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(ReportPolling, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        metrics.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await RunAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                monitor.Failure = exception;
                LogFailed(RestartDelay, exception);
            }

            await Task.Delay(RestartDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Runs until the engine fails, or the host stops: then it commits what it has counted.</summary>
    private async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var config = EngineSettings.Create(monitor, loggers, failed);
            var builders = new StreamsClients(monitor.Options.Settings);
            using var clients = new EngineClients(new DefaultKafkaClientSupplier(new KafkaLoggerAdapter(config), config, builders), builders, monitor);

            // The client blocks until a broker answers, which the start of the host does not wait for.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            CheckTopics(clients, config);
            using var stream = new KafkaStream(MonitorTopology.Build(monitor), config, clients);
            stream.OnRestoreBatchEvent += (_, _, _, _) => monitor.OnActive();
            stream.OnRestoreEndEvent += (partition, store, _) => monitor.OnRestored(store, partition.Partition.Value);
            stream.StateChanged += (_, state) =>
            {
                monitor.OnEngineState(state);
                if (state == KafkaStream.State.ERROR)
                {
                    failed.TrySetException(SafeText.Own(new InvalidOperationException(
                        "The stream engine has stopped; the errors before, of the categories that begin with Streamiz, say why. Check the internal topics and the rights on them.")));
                }
            };
            await stream.StartAsync().WaitAsync(stoppingToken).ConfigureAwait(false);
            await failed.Task.WaitAsync(stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            monitor.OnEngineEnded();
        }
    }

    private void CheckTopics(EngineClients clients, StreamConfig config)
    {
        using var client = clients.GetAdmin(config.ToAdminConfig(config.ApplicationId));
        TopicCheck.Require(client, monitor.Options);
    }

    [LoggerMessage(316, LogLevel.Error, "The experiment monitor on Kafka Streams has failed. It restarts in {Delay} with its state from the changelog topics, and counts nothing until then. If it keeps failing, check that its topics exist and that it has the rights to use them.", EventName = "StreamMonitorFailed")]
    private partial void LogFailed(TimeSpan delay, Exception exception);
}
