using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Collects facts about destinations and their delivery pipeline.</summary>
internal sealed class DeliveryFacts
{
    private readonly ConcurrentBag<Location> _outboxes = [];
    private readonly ConcurrentBag<(Location Place, bool? Value)> _outcomeSwitches = [];

    /// <summary>Gets the places where durable outboxes are registered.</summary>
    public IReadOnlyList<Location> Outboxes => [.. SourceOrder.Of(_outboxes, place => place)];

    /// <summary>Gets whether a destination with a queue may be registered.</summary>
    public bool MayHaveQueue { get; private set; }

    /// <summary>Gets whether the in-memory destination is registered.</summary>
    public bool HasMemory { get; private set; }

    /// <summary>Gets the places where outcome events are certainly disabled; empty if code may also enable them.</summary>
    public IReadOnlyList<Location> OutcomesOff => _outcomeSwitches.All(set => set.Value == false)
        ? [.. SourceOrder.Of(_outcomeSwitches, set => set.Place).Select(set => set.Place)]
        : [];

    public void AddOutbox(Location place) => _outboxes.Add(place);

    public void AddQueue() => MayHaveQueue = true;

    public void AddMemory() => HasMemory = true;

    /// <summary>Adds a place where outcome events are enabled or disabled; null if the value is unknown.</summary>
    public void AddOutcomeSwitch(Location place, bool? value) => _outcomeSwitches.Add((place, value));
}
