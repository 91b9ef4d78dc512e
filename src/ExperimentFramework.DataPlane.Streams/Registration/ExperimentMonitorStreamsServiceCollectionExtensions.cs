using System.Diagnostics.Metrics;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Streams;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the experiment monitor on Kafka Streams.</summary>
public static class ExperimentMonitorStreamsServiceCollectionExtensions
{
    /// <summary>
    /// Adds an instance of the experiment monitor that reads the events of all hosts from a Kafka topic, shares its partitions with all other instances of the same <see cref="ExperimentMonitorStreamsOptions.ApplicationId"/>, and writes
    /// signals to another topic. If an <c>IConfiguration</c> is registered, its section <c>DataPlane:Streams</c> is bound first; options set here take precedence over it. Calling this again adds no second instance.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null keeps those of the configuration. They are validated at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><c>AddExperimentMonitor</c> was called, which counts the subjects of this process again.</exception>
    public static IServiceCollection AddExperimentMonitorStreams(this IServiceCollection services, Action<ExperimentMonitorStreamsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        MonitoringMode.Claim(services, nameof(AddExperimentMonitorStreams));
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddConfigurationOf<ExperimentMonitorStreamsOptions>(static configuration => new ExperimentMonitorStreamsConfiguration(configuration));
        services.AddNamedOptions<ExperimentMonitorStreamsOptions, ExperimentMonitorStreamsOptionsValidator>(Options.Options.DefaultName, configure);
        services.TryAddSingleton(static provider => new StreamsMonitor(
            provider.GetRequiredService<IOptions<ExperimentMonitorStreamsOptions>>().Value, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.TryAddSingleton(static provider =>
        {
            var monitor = provider.GetRequiredService<StreamsMonitor>();
            return new MonitorMetrics(() => monitor.States, () => monitor.Ignored, () => monitor.FailedEvents, provider.GetService<IMeterFactory>());
        });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ExperimentMonitorStreamsService>());
        return services;
    }
}
