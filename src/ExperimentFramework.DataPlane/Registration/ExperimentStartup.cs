using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Starts every experiment with the host, so that a wrong set-up stops the host instead of the first call, and flushes the
/// pipeline when the host stops.
/// </summary>
internal sealed partial class ExperimentStartup(
    IServiceProvider services,
    IEventPublisher publisher,
    IEnumerable<IDataBackplane> backplanes,
    IEnumerable<AssumedVariant> assumed,
    IEnumerable<DroppedRegistration> dropped,
    CurrentOptions options,
    DataPlaneConfiguration configuration,
    ShutdownTime shutdown,
    TimeProvider time,
    ILogger<ExperimentStartup> logger) : IHostedService
{
    private readonly QuietLogger _logger = QuietLogger.Of(logger);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var experiments = services.GetServices<ExperimentHandle>().ToArray();
        if (experiments.Any(handle => handle.Experiment.Exposures.IsEnabled) && !backplanes.Any())
        {
            LogNoDestination();
        }

        foreach (var silent in experiments.Where(handle => !handle.LogsExposures))
        {
            LogNothingRecorded(silent.Experiment.Name);
        }

        foreach (var variant in assumed.Where(variant => variant.IsInForce))
        {
            LogAssumed(variant.Service, variant.Variant);
        }

        foreach (var registration in dropped)
        {
            LogDropped(registration);
        }

        foreach (var unused in experiments.Where(handle => handle.LeavesFallbackUnused))
        {
            LogFallbackUnused(unused.Experiment.Name);
        }

        foreach (var name in options.Value.Experiments.Keys.Except(experiments.Select(handle => handle.Experiment.Name), StringComparer.OrdinalIgnoreCase))
        {
            LogUnknownExperiment(name);
        }

        foreach (var section in configuration.UnreadSections)
        {
            LogUnreadSection(section);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var wait = shutdown.Begin();
        using var timeout = new CancellationTokenSource(wait.Longest, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await publisher.FlushAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What is left is accounted for when the pipeline is disposed.
            LogNotFlushed();
        }
    }

    private void LogDropped(DroppedRegistration dropped)
    {
        if (dropped.IsFactory)
        {
            LogFactoryDropped(dropped.ExperimentName, dropped.Service);
        }
        else
        {
            LogDropped(dropped.ExperimentName, dropped.Service, ProxyPlace.Description(dropped.Registered));
        }
    }

    [LoggerMessage(57, LogLevel.Warning,
        "Experiment {Experiment} replaces the registration of {Service} by {Implementation}, which is none of its variants and is not served any more. Add it as a variant, or remove its registration.")]
    private partial void LogDropped(string experiment, Type service, string implementation);

    [LoggerMessage(58, LogLevel.Information,
        "Experiment {Experiment} replaces a registration of {Service} by a factory: the variants are served, and what that factory makes is not.")]
    private partial void LogFactoryDropped(string experiment, Type service);

    [LoggerMessage(40, LogLevel.Warning,
        "Exposure logging is on but no destination is registered, so every exposure is dropped: call AddInMemoryDataBackplane() or another Add...DataBackplane().")]
    private partial void LogNoDestination();

    [LoggerMessage(41, LogLevel.Warning,
        "Experiment {Experiment} serves its variants and records nothing: call WithExposureLogging() on the builder to record exposures.")]
    private partial void LogNothingRecorded(string experiment);

    [LoggerMessage(43, LogLevel.Warning,
        "The options have an entry for experiment '{Experiment}', which this application does not register, so nothing reads it.")]
    private partial void LogUnknownExperiment(string experiment);

    [LoggerMessage(46, LogLevel.Warning,
        "The configuration has the section '{Section}', which the data plane does not read. If another part of the application reads it, move it out of 'DataPlane' to be rid of this warning; if not, check its name against docs/configuration.md.")]
    private partial void LogUnreadSection(string section);

    [LoggerMessage(44, LogLevel.Information,
        "Experiment {Experiment} does not fall back to control: its interface says FallbackToControl = true, so that it can, but only OnErrorFallbackToControl() on the trial makes it.")]
    private partial void LogFallbackUnused(string experiment);

    [LoggerMessage(45, LogLevel.Warning,
        "{Service} is registered by a factory, in whose place its experiment stands; its variant {Variant} is not registered, so the container creates one of its own, and not by that factory. Register {Variant} itself.")]
    private partial void LogAssumed(Type service, Type variant);

    [LoggerMessage(42, LogLevel.Error, "A destination did not take its events before the shutdown timeout ended.")]
    private partial void LogNotFlushed();
}
