using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Starts every experiment with the host, so that a wrong set-up stops the host instead of the first call, and flushes the
/// pipeline when the host stops.
/// </summary>
internal sealed partial class ExperimentStartup(
    IServiceProvider services, IEventPublisher publisher, IEnumerable<IDataBackplane> backplanes, ILogger<ExperimentStartup> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var experiments = services.GetServices<ExperimentHandle>().ToArray();
        if (experiments.Any(handle => handle.Experiment.Recorder.IsEnabled) && !backplanes.Any())
        {
            LogNoDestination();
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await publisher.FlushAsync(cancellationToken).ConfigureAwait(false);

    [LoggerMessage(40, LogLevel.Warning,
        "Exposure logging is on but no destination is registered, so every exposure is dropped: call AddInMemoryDataBackplane() or another Add...DataBackplane().")]
    private partial void LogNoDestination();
}
