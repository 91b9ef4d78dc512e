using System.Diagnostics.Metrics;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Kafka;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the Kafka destination.</summary>
public static class KafkaDataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Adds a destination that streams events to Apache Kafka. If an <c>IConfiguration</c> is registered, its section <c>DataPlane:Kafka</c> is bound first; options set here take
    /// precedence over it. Each call adds a destination; with two for the same topic, the host does not start.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null keeps those of the configuration. They are validated at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddKafkaDataBackplane(this IServiceCollection services, Action<KafkaDataBackplaneOptions>? configure = null)
    {
        services.AddDataBackplane();
        services.AddConfigurationOf<KafkaDataBackplaneOptions>(static configuration => new KafkaDataBackplaneConfiguration(configuration));
        return services.AddKafkaDestination(services.AddNumberedOptions<KafkaDataBackplaneOptions, KafkaDataBackplaneOptionsValidator>(configure));
    }

    /// <summary>Adds a destination that streams events to Apache Kafka. Each call adds a destination; with two for the same topic, the host does not start.</summary>
    /// <param name="services">The services.</param>
    /// <param name="bootstrapServers">The addresses of one or more brokers, for example <c>broker1:9092,broker2:9092</c>.</param>
    /// <param name="topic">The topic, for example <c>experiments</c>.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="bootstrapServers"/> or <paramref name="topic"/> is null or empty.</exception>
    public static IServiceCollection AddKafkaDataBackplane(
        this IServiceCollection services, string bootstrapServers, string topic, Action<KafkaDataBackplaneOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(bootstrapServers);
        ArgumentException.ThrowIfNullOrEmpty(topic);
        return services.AddKafkaDataBackplane(options =>
        {
            options.BootstrapServers = bootstrapServers;
            options.Topic = topic;
            configure?.Invoke(options);
        });
    }

    /// <summary>Registers the destination that has the options of a name.</summary>
    internal static IServiceCollection AddKafkaDestination(this IServiceCollection services, string name)
    {
        services.TryAddSingleton<TopicClaims>();
        return services.AddSingleton<IDataBackplane>(provider =>
        {
            var own = provider.GetRequiredService<IOptionsMonitor<KafkaDataBackplaneOptions>>().Get(name);
            provider.GetRequiredService<TopicClaims>().Claim(own.BootstrapServers!, own.Topic!, name);
            return new KafkaDataBackplane(
                own,
                provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value,
                provider.GetService<IMeterFactory>(),
                provider.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Delivery));
        });
    }
}
