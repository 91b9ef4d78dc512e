using Azure.Core;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.EventHubs;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register destinations that send events to Azure Event Hubs over AMQP.</summary>
public static class EventHubsAmqpDataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Adds a destination that sends events to an event hub, with a connection string. If an <c>IConfiguration</c> is registered, its section <c>DataPlane:EventHubsAmqp</c> is bound first;
    /// options set here take precedence over it. A second call for the same hub adds no second destination.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">The connection string of a shared access policy with the right to send, of the namespace or of the hub.</param>
    /// <param name="eventHubName">The name of the hub; null if the connection string has it (<c>EntityPath</c>).</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException">A part of the connection string, or the name of the hub, is missing; the message names it.</exception>
    public static IServiceCollection AddEventHubsAmqpDataBackplane(
        this IServiceCollection services, string connectionString, string? eventHubName = null, Action<EventHubsAmqpDataBackplaneOptions>? configure = null)
    {
        var address = HubAddress.Parse(connectionString, eventHubName, nameof(connectionString));
        var hasPath = !string.IsNullOrEmpty(EventHubsConnectionStringProperties.Parse(connectionString).EventHubName);
        return services.AddDestination(address, configure, (_, options) => hasPath
            ? new EventHubProducerClient(connectionString, options)
            : new EventHubProducerClient(connectionString, address.Hub, options));
    }

    /// <summary>
    /// Adds a destination that sends events to an event hub, with Entra ID. If an <c>IConfiguration</c> is registered, its section <c>DataPlane:EventHubsAmqp</c> is bound first; options set here
    /// take precedence over it. A second call for the same hub adds no second destination.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="fullyQualifiedNamespace">The host name of the namespace, for example <c>shop.servicebus.windows.net</c>.</param>
    /// <param name="eventHubName">The name of the hub.</param>
    /// <param name="credential">Gets the tokens, for example a <c>DefaultAzureCredential</c> of the package Azure.Identity; null for the registered <see cref="TokenCredential"/>.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="fullyQualifiedNamespace"/> or <paramref name="eventHubName"/> is missing or is not a valid name.</exception>
    public static IServiceCollection AddEventHubsAmqpDataBackplane(
        this IServiceCollection services,
        string fullyQualifiedNamespace,
        string eventHubName,
        TokenCredential? credential,
        Action<EventHubsAmqpDataBackplaneOptions>? configure = null)
    {
        var address = HubAddress.Of(fullyQualifiedNamespace, eventHubName);
        return services.AddDestination(address, configure, (provider, options) => new EventHubProducerClient(
            fullyQualifiedNamespace, eventHubName, credential ?? provider.GetService<TokenCredential>() ?? throw NoCredential(address), options));
    }

    private static IServiceCollection AddDestination(
        this IServiceCollection services,
        HubAddress address,
        Action<EventHubsAmqpDataBackplaneOptions>? configure,
        Func<IServiceProvider, EventHubProducerClientOptions, EventHubProducerClient> connect)
    {
        ArgumentNullException.ThrowIfNull(services);
        var name = address.ToString();
        services.AddDataBackplane();
        services.AddConfigurationOf<EventHubsAmqpDataBackplaneOptions>(configuration => new EventHubsAmqpDataBackplaneConfiguration(configuration));
        services.AddNamedOptions<EventHubsAmqpDataBackplaneOptions, EventHubsAmqpDataBackplaneOptionsValidator>(name, configure);
        return services.AddStorageDestination(name, provider =>
        {
            var options = provider.GetRequiredService<IOptionsMonitor<EventHubsAmqpDataBackplaneOptions>>().Get(name);
            return new EventHubsAmqpDataBackplane(connect(provider, ClientOptions(options)), options, ownsClient: true);
        });
    }

    private static EventHubProducerClientOptions ClientOptions(EventHubsAmqpDataBackplaneOptions options)
    {
        var client = new EventHubProducerClientOptions();
        options.ConfigureClient?.Invoke(client);

        // The data plane itself retries, counts and reports the reason.
        client.RetryOptions = new EventHubsRetryOptions { MaximumRetries = 0, TryTimeout = options.SendTimeout };
        return client;
    }

    private static InvalidOperationException NoCredential(HubAddress address) => new(
        $"No TokenCredential is given or registered for {address}. Pass one to AddEventHubsAmqpDataBackplane, or register it: services.AddSingleton<TokenCredential>(new DefaultAzureCredential()), from the package Azure.Identity.");
}
