using System.Globalization;
using System.Net.Sockets;
using Azure.Messaging.EventHubs;

namespace ExperimentFramework.DataPlane.EventHubs;

/// <summary>Explains why an event hub cannot be used now, with the remedy. Messages of the service are not repeated.</summary>
/// <param name="address">The hub.</param>
/// <param name="sendTimeout">How long the service may take; null if the application's own client decides that.</param>
internal sealed class HubFaults(HubAddress address, TimeSpan? sendTimeout)
{
    /// <summary>Returns the fault as an error that operators may see.</summary>
    public IOException Translate(Exception exception) => SafeText.Own(new IOException($"{Describe(exception)} ({address}).", exception));

    /// <summary>Whether no other message would be accepted either.</summary>
    public static bool IsOfWholeHub(Exception exception) => exception is UnauthorizedAccessException
        or EventHubsException { Reason: EventHubsException.FailureReason.ResourceNotFound or EventHubsException.FailureReason.QuotaExceeded };

    private string Describe(Exception exception) => exception switch
    {
        EventHubsException hub => Describe(hub.Reason),
        UnauthorizedAccessException =>
            "Event Hubs refuses the credentials. Check the name and the key in the connection string and its right to send; with Entra ID, give the identity the role Azure Event Hubs Data Sender",
        SocketException or IOException => Unreachable,
        TimeoutException or OperationCanceledException => TimedOut,
        _ => $"Event Hubs cannot be used: {exception.GetType().Name}. With Entra ID, check that the registered TokenCredential gets a token",
    };

    private string Describe(EventHubsException.FailureReason reason) => reason switch
    {
        EventHubsException.FailureReason.ServiceBusy => "Event Hubs is busy or throttles the namespace; events are retried. If this lasts, raise the throughput units or turn on auto-inflate",
        EventHubsException.FailureReason.ResourceNotFound => "The event hub does not exist. Create it, or correct its name",
        EventHubsException.FailureReason.QuotaExceeded => "The namespace has reached a quota, such as its connections. Raise it, or close what is not used",
        EventHubsException.FailureReason.ServiceTimeout => TimedOut,
        EventHubsException.FailureReason.ServiceCommunicationProblem => Unreachable,
        _ => $"Event Hubs cannot be used: {reason}",
    };

    private static string Unreachable => "Event Hubs cannot be reached, or did not accept a message. Check the name of the namespace, and that port 5671 is open; ConfigureClient can use web sockets on port 443";

    private string TimedOut => sendTimeout is { } timeout
        ? string.Create(CultureInfo.InvariantCulture, $"Event Hubs did not answer within {timeout.TotalSeconds} s. If it needs longer, raise SendTimeout, and keep it below DataPlaneOptions.PublishTimeout")
        : "Event Hubs did not answer within the RetryOptions.TryTimeout of the client. If it needs longer, raise that, and keep it below DataPlaneOptions.PublishTimeout";
}
