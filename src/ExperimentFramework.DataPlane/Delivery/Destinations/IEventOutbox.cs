namespace ExperimentFramework.DataPlane;

/// <summary>
/// A durable place for the events of several destinations that do not take them now. An event that <see cref="Append"/> has
/// accepted survives the process. Called by workers, not by callers; the storage has no asynchronous calls.
/// </summary>
internal interface IEventOutbox
{
    /// <summary>Announces a destination, before any other call for it.</summary>
    /// <param name="destination">The key that its events are stored under: the full name of its type, so that two types of one simple name differ.</param>
    /// <param name="name">The name that health and logs use.</param>
    /// <param name="added">Called when events of the destination came from elsewhere than <see cref="Append"/>; returns at once.</param>
    void Register(string destination, string name, Action added)
    {
    }

    /// <summary>Every destination is registered: events of any other can only expire.</summary>
    /// <param name="lost">Receives the experiment, the variant and the reason of an event that is dropped for none of the destinations.</param>
    void Start(Action<string, string, string> lost)
    {
    }

    /// <summary>The first position after all that are stored for the destination.</summary>
    long NextPosition(string destination);

    /// <summary>How many events are stored for the destination.</summary>
    long Count(string destination);

    /// <summary>Stores events, all or those from the front that there is room for.</summary>
    /// <param name="destination">The destination's key.</param>
    /// <param name="events">The events, oldest first.</param>
    /// <param name="lost">Is told the experiment, the variant and the reason of an event that cannot be stored.</param>
    /// <returns>How many there was room for, those that are lost included.</returns>
    int Append(string destination, IReadOnlyList<QueuedEnvelope> events, Action<string, string, string> lost);

    /// <summary>Reads the oldest events of the destination, in order.</summary>
    /// <param name="destination">The destination's key.</param>
    /// <param name="into">Takes the events.</param>
    /// <param name="max">How many are read at most.</param>
    /// <param name="lost">Is told the experiment, the variant and the reason of an event that is given up instead.</param>
    void Read(string destination, List<QueuedEnvelope> into, int max, Action<string, string, string> lost);

    /// <summary>Removes events that were delivered or given up.</summary>
    void Remove(string destination, IReadOnlyList<QueuedEnvelope> events);
}
