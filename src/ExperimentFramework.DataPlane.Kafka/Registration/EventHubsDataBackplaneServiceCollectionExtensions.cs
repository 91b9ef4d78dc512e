using System.Globalization;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Kafka;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register Azure Event Hubs as a destination, through its Kafka endpoint.</summary>
public static class EventHubsDataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Adds a destination that streams events to Azure Event Hubs through its Kafka endpoint, which the Standard, Premium and Dedicated tiers have: SASL_SSL, port 9093, and messages of at
    /// most 1,000,000 bytes. Each call adds a destination; with two for the same event hub, the host does not start. The configuration section <c>DataPlane:Kafka</c> is not read.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">
    /// The connection string of the namespace or of the event hub, with a policy that has the claim Send:
    /// <c>Endpoint=sb://NAMESPACE.servicebus.windows.net/;SharedAccessKeyName=...;SharedAccessKey=...</c>.
    /// </param>
    /// <param name="hub">The name of the event hub.</param>
    /// <param name="configure">Configures the options, after those that follow from the connection string; null keeps the defaults. They are validated at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="connectionString"/> or <paramref name="hub"/> is null or empty, or a part of the connection string is missing or wrong; the message names it.
    /// </exception>
    public static IServiceCollection AddEventHubsDataBackplane(
        this IServiceCollection services, string connectionString, string hub, Action<KafkaDataBackplaneOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        ArgumentException.ThrowIfNullOrEmpty(hub);
        var parsed = EventHubsConnectionString.Parse(connectionString, hub);
        services.AddDataBackplane();
        var name = EventHubsOptions.Prefix + services.Count(static descriptor => descriptor.ServiceType == typeof(EventHubsOptions)).ToString(CultureInfo.InvariantCulture);
        services.AddSingleton(new EventHubsOptions());
        services.AddNamedOptions<KafkaDataBackplaneOptions, KafkaDataBackplaneOptionsValidator>(name, options =>
        {
            parsed.Configure(options, hub);
            configure?.Invoke(options);
        });
        return services.AddKafkaDestination(name);
    }
}
