using Azure.Messaging.EventHubs.Producer;

namespace ExperimentFramework.DataPlane.EventHubs;

/// <summary>The options of <see cref="EventHubsAmqpDataBackplane"/>. Validated at start-up.</summary>
public sealed class EventHubsAmqpDataBackplaneOptions
{
    /// <summary>
    /// How an event is written: with <see cref="EventFormat.Json"/> the body is the envelope; with <see cref="EventFormat.CloudEvents"/> it is the event, and the application properties
    /// are the attributes (binary mode). Default: <see cref="EventFormat.Json"/>.
    /// </summary>
    public EventFormat Format { get; set; }

    /// <summary>
    /// How long Event Hubs may take to accept a message, and to open a connection, before the attempt counts as failed: from 1 second to 5 minutes. Keep it below
    /// <see cref="DataPlaneOptions.PublishTimeout"/>, which ends an attempt in any case. Default: 10 seconds.
    /// </summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum number of messages in flight at the same time, each with events of one subject: from 1 to 1,000. Default: 32.</summary>
    public int MaxConcurrentSends { get; set; } = 32;

    /// <summary>
    /// Configures the client before it is created, for example for AMQP over web sockets on port 443, or a proxy. Retries are left to the data plane. Cannot be set in the configuration.
    /// Default: none.
    /// </summary>
    public Action<EventHubProducerClientOptions>? ConfigureClient { get; set; }
}
