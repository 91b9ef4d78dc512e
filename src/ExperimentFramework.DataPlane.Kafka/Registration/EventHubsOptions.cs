namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>Counts the registrations for Event Hubs, whose options have names of their own: the configuration of Kafka destinations is not theirs.</summary>
internal sealed class EventHubsOptions
{
    public const string Prefix = "EventHubs:";
}
