namespace ExperimentFramework.DataPlane;

/// <summary>A backplane that represents several destinations, each with its own queue.</summary>
internal interface IDestinationGroup
{
    IReadOnlyList<Destination> Destinations { get; }
}
