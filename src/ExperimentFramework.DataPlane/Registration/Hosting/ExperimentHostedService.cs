using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Starts every experiment with the host, so that a wrong setup fails at start-up instead of at the first call, and flushes the
/// pipeline when the host stops.
/// </summary>
internal sealed partial class ExperimentHostedService(
    IServiceProvider services,
    IEventPublisher publisher,
    StartupReview review,
    ExperimentSummary summary,
    ShutdownBudget shutdown,
    TimeProvider time,
    ILoggerFactory loggers) : IHostedService
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Startup));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var experiments = services.GetServices<ExperimentHandle>().ToArray();
        summary.Log(experiments);
        review.Run(experiments);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var wait = shutdown.Begin();
        using var timeout = new CancellationTokenSource(wait.Remaining, NonThrowingTimeProvider.Of(time));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await publisher.FlushAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The remaining events are counted as dropped when the pipeline is disposed.
            LogNotFlushed();
        }
    }

    [LoggerMessage(42, LogLevel.Error, "A destination did not accept all events before the shutdown timeout expired. Undelivered events are counted as dropped.", EventName = "NotFlushedAtShutdown")]
    private partial void LogNotFlushed();
}
