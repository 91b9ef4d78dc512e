namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The events that were read, by their ids, in bounded memory: beyond 25 million of them some are taken for new ones when they come again.</summary>
internal sealed class SeenEvents
{
    private const int MaxIdSlots = 1 << 25;

    private readonly SampledSet _ids = new(MaxIdSlots, new SlotBudget(MaxIdSlots));

    /// <summary>Whether each event is known that was added.</summary>
    public bool IsExact => _ids.IsExact;

    /// <summary>Adds an event.</summary>
    /// <returns>False if it had been read before.</returns>
    public bool Add(DataPlaneEnvelope envelope) => _ids.Add(EventHashes.OfEvent(envelope.EventId)) != SetChange.Present;
}
