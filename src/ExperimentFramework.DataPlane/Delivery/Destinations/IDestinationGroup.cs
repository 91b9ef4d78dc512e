namespace ExperimentFramework.DataPlane;

/// <summary>A backplane that stands for several destinations, each with a queue of its own.</summary>
internal interface IDestinationGroup
{
    IReadOnlyList<Destination> Destinations { get; }
}
