using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the experiment monitor.</summary>
public static class ExperimentMonitorServiceCollectionExtensions
{
    /// <summary>
    /// Adds a destination that monitors the events of this process and reports experiments that cannot be trusted: as <see cref="AnalysisSignalEvent"/>s through all destinations, and as log messages, metrics and degraded health. Also registers
    /// <see cref="ExperimentMonitor"/>, <see cref="IExperimentReadModel"/>, <see cref="AnalysisLooks"/> and, unless one is registered, an <see cref="IAnalysisLedger"/>. If an <c>IConfiguration</c> is registered, its section <c>DataPlane:Monitor</c> is bound first; options set here take precedence over it. Calling this method again does not add a second monitor.
    /// </summary>
    /// <remarks>
    /// The verdicts are valid if this process receives every exposure of its subjects. If subjects move between hosts, set <see cref="ExperimentMonitorOptions.HostCount"/> on each host, or monitor the merged stream in one place.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at startup.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><c>AddExperimentMonitorStreams</c> has been called. It monitors the events of all hosts.</exception>
    public static IServiceCollection AddExperimentMonitor(this IServiceCollection services, Action<HostedExperimentMonitorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        MonitoringMode.Claim(services, nameof(AddExperimentMonitor));
        services.AddDataBackplane<ExperimentMonitorBackplane>();
        services.AddConfigurationOf<HostedExperimentMonitorOptions>(configuration => new HostedExperimentMonitorConfiguration(configuration));
        services.AddNamedOptions<HostedExperimentMonitorOptions, HostedExperimentMonitorOptionsValidator>(Options.Options.DefaultName, configure);
        services.AddNamedOptions<AnalysisPlans, AnalysisPlansValidator>(Options.Options.DefaultName, null);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<AnalysisPlans>, AnalysisPlansConfiguration>());
        services.TryAddSingleton<MonitorSession>();
        services.TryAddSingleton(static provider => provider.GetRequiredService<MonitorSession>().Monitor);
        services.TryAddSingleton<IExperimentReadModel>(static provider => new ProcessReadModel(
            new MonitorReadModel(
                provider.GetRequiredService<ExperimentMonitor>(),
                ProcessSource.Of(provider.GetRequiredService<IOptions<HostedExperimentMonitorOptions>>().Value),
                provider.GetService<TimeProvider>()),
            () => provider.GetRequiredService<DeliveryPipeline>(),
            provider.GetRequiredService<DropLedger>(),
            provider.GetRequiredService<AnalysisLooks>()));
        services.TryAddSingleton(static provider => Ledger(provider));
        services.TryAddSingleton<AnalysisLooks>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ExperimentMonitorService>());
        return services;
    }

    private static IAnalysisLedger Ledger(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<HostedExperimentMonitorOptions>>().Value;
        return options.LedgerFile is { } file
            ? new FileAnalysisLedger(file, options.MaxLedgerFileSize, NonThrowingLogger.Of(provider.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Monitoring)))
            : new InMemoryAnalysisLedger();
    }
}
