using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>What a compilation says of destinations and what is in front of them.</summary>
internal sealed class DeliveryFacts
{
    private readonly ConcurrentBag<Location> _outboxes = [];
    private readonly ConcurrentBag<(Location Place, bool? Value)> _outcomeSwitches = [];

    /// <summary>Where durable outboxes are registered.</summary>
    public IReadOnlyList<Location> Outboxes => [.. SourceOrder.Of(_outboxes, place => place)];

    /// <summary>Whether a destination may be registered that has a queue.</summary>
    public bool MayHaveQueue { get; private set; }

    /// <summary>Whether the destination in memory is registered.</summary>
    public bool HasMemory { get; private set; }

    /// <summary>Where outcome events are surely switched off; nothing where code may switch them on as well.</summary>
    public IReadOnlyList<Location> OutcomesOff => _outcomeSwitches.All(set => set.Value == false)
        ? [.. SourceOrder.Of(_outcomeSwitches, set => set.Place).Select(set => set.Place)]
        : [];

    public void AddOutbox(Location place) => _outboxes.Add(place);

    public void AddQueue() => MayHaveQueue = true;

    public void AddMemory() => HasMemory = true;

    /// <summary>Notes that outcome events are switched on or off; null where the value cannot be known.</summary>
    public void AddOutcomeSwitch(Location place, bool? value) => _outcomeSwitches.Add((place, value));
}
