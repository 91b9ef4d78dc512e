namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>Counts the registrations for Event Hubs, whose options have separate names: the configuration of Kafka destinations does not apply to them.</summary>
internal sealed class EventHubsOptions
{
    public const string Prefix = "EventHubs:";
}
