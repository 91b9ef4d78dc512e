namespace ExperimentFramework.DataPlane;

/// <summary>
/// Durable storage for events that their destinations do not accept at the moment. An event that <see cref="Append"/> has
/// accepted survives the process. Called by workers, not by callers, because the storage has no asynchronous calls.
/// </summary>
internal interface IEventOutbox
{
    /// <summary>Registers a destination. Called before any other call for it.</summary>
    /// <param name="destination">The key of its events: the full name of its type, so that two types with the same simple name differ.</param>
    /// <param name="name">The destination's name in health and logs.</param>
    /// <param name="added">Called when events of the destination were added by other means than <see cref="Append"/>; returns at once.</param>
    void Register(string destination, string name, Action added)
    {
    }

    /// <summary>Starts the outbox after all destinations are registered: events of other destinations can only expire.</summary>
    /// <param name="lost">Receives the experiment, the variant and the reason of each event that is dropped for an unregistered destination.</param>
    void Start(Action<string, string, string> lost)
    {
    }

    /// <summary>Returns the first position after all events that are stored for the destination.</summary>
    long NextPosition(string destination);

    /// <summary>Returns the number of events that are stored for the destination.</summary>
    long Count(string destination);

    /// <summary>Stores all events, or as many from the front as there is capacity for.</summary>
    /// <param name="destination">The destination's key.</param>
    /// <param name="events">The events, oldest first.</param>
    /// <param name="lost">Receives the experiment, the variant and the reason of each event that cannot be stored.</param>
    /// <returns>The number of events there was capacity for, including those that are lost.</returns>
    int Append(string destination, IReadOnlyList<QueuedEnvelope> events, Action<string, string, string> lost);

    /// <summary>Reads the oldest events of the destination, in order.</summary>
    /// <param name="destination">The destination's key.</param>
    /// <param name="into">The list to which the events are added.</param>
    /// <param name="max">The maximum number of events to read.</param>
    /// <param name="lost">Receives the experiment, the variant and the reason of each event that is dropped instead of being read.</param>
    void Read(string destination, List<QueuedEnvelope> into, int max, Action<string, string, string> lost);

    /// <summary>Removes events that were delivered or dropped.</summary>
    void Remove(string destination, IReadOnlyList<QueuedEnvelope> events);
}
