using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.EventHubs.Tests;

/// <summary>Clients of a hub on this machine, and events for it.</summary>
internal static class TestClient
{
    /// <summary>Enough for a machine that is busy elsewhere; tests of a hub that does not answer say less.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static EventHubProducerClient Connect(HubServer server, TimeSpan? timeout = null) => new(
        server.ConnectionString, new EventHubProducerClientOptions { RetryOptions = new EventHubsRetryOptions { MaximumRetries = 0, TryTimeout = timeout ?? Patience } });

    public static EventHubsAmqpDataBackplane Open(HubServer server, EventHubsAmqpDataBackplaneOptions? options = null, TimeSpan? timeout = null) =>
        new(Connect(server, timeout), options ?? new EventHubsAmqpDataBackplaneOptions(), ownsClient: true);

    /// <summary>Exposures that carry their number as the rule's path, spread over subjects; without a subject if there are none.</summary>
    public static DataPlaneEnvelope[] Exposures(int first, int count, int subjects = 7) => [.. Enumerable.Range(first, count).Select(number => SampleEvents.Envelope(
        SampleEvents.Exposure with
        {
            SubjectId = subjects == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"user-{number % subjects}"),
            RulePath = number.ToString(CultureInfo.InvariantCulture),
        }) with { EventId = new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0) })];

    public static int NumberOf(HubMessage message) => int.Parse(((ExposureEvent)message.Envelope.Payload).RulePath!, CultureInfo.InvariantCulture);

    public static DeliveryStatus[] Statuses(this BatchResult result, int count) => [.. Enumerable.Range(0, count).Select(index => result[index])];
}
