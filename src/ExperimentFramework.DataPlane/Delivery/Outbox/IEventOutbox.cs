namespace ExperimentFramework.DataPlane;

/// <summary>
/// Stores the events that destinations cannot accept now, until they can. Implement it to keep them in another database, and register it
/// as a singleton: one outbox serves all destinations.
/// </summary>
/// <remarks>
/// <para>
/// An event that <see cref="Append"/> has accepted survives the process: it is delivered at least once, with the same
/// <see cref="DataPlaneEnvelope.EventId"/>. Use <see cref="DataPlaneJson"/> to write and read envelopes.
/// </para>
/// <para>
/// The methods are called by the data plane's worker threads, and <see cref="Append"/> also by the thread that disposes the container, never by the application's callers. They may block;
/// limit how long, because the container's disposal waits for its last <see cref="Append"/>. Calls for one destination come one at a time, except <see cref="Count"/>, which health may call at any time;
/// those for different destinations run in parallel. Events that are left at the end, while a call has not returned for five seconds, are dropped as
/// <see cref="DropReasons.OutboxFailed"/>.
/// A method that throws changes nothing: the call is repeated after a second, and the fault is logged and shown by health.
/// </para>
/// </remarks>
public interface IEventOutbox
{
    /// <summary>Announces a destination, before any other call for it.</summary>
    /// <param name="destination">The key under which its events are stored: the full name of its type.</param>
    /// <param name="name">The name that health and logs use.</param>
    /// <param name="added">Call it when events of the destination were added other than by <see cref="Append"/>; it returns at once.</param>
    void Register(string destination, string name, Action added)
    {
    }

    /// <summary>Announces that every destination is registered: stored events of any other can only expire.</summary>
    /// <param name="lost">Counts an event that is dropped outside <see cref="Append"/> and <see cref="Read"/>.</param>
    void Start(OutboxDropHandler lost)
    {
    }

    /// <summary>Gets the first position after all that are stored for the destination; 0 if none are.</summary>
    /// <param name="destination">The destination's key.</param>
    long NextPosition(string destination);

    /// <summary>Gets the number of events that are stored for the destination.</summary>
    /// <param name="destination">The destination's key.</param>
    long Count(string destination);

    /// <summary>Stores events: all of them, or as many from the front as there is capacity for.</summary>
    /// <param name="destination">The destination's key.</param>
    /// <param name="events">The events, oldest first. They may be older than events that are stored already: order by position.</param>
    /// <param name="lost">Counts an event that cannot be stored, for example because it cannot be serialized.</param>
    /// <returns>The number of events that were accepted, including those that were passed to <paramref name="lost"/>.</returns>
    int Append(string destination, IReadOnlyList<QueuedEnvelope> events, OutboxDropHandler lost);

    /// <summary>Reads the oldest events of the destination, ordered by position. They stay stored.</summary>
    /// <param name="destination">The destination's key.</param>
    /// <param name="into">Receives the events.</param>
    /// <param name="max">The maximum number of events.</param>
    /// <param name="lost">Counts an event that was removed instead, because it has expired or cannot be read. Call it after the removal.</param>
    void Read(string destination, List<QueuedEnvelope> into, int max, OutboxDropHandler lost);

    /// <summary>Removes events that were delivered or dropped, by their positions. An event that is no longer stored is ignored.</summary>
    /// <param name="destination">The destination's key.</param>
    /// <param name="events">The events.</param>
    void Remove(string destination, IReadOnlyList<QueuedEnvelope> events);
}

/// <summary>Counts an event that an outbox drops.</summary>
/// <param name="dropped">The event, and why it is dropped.</param>
public delegate void OutboxDropHandler(OutboxDrop dropped);

/// <summary>Methods for authors of outboxes.</summary>
public static class OutboxDropHandlerExtensions
{
    /// <summary>Counts a queued event as dropped, by its experiment and its assigned variant.</summary>
    /// <param name="lost">The handler.</param>
    /// <param name="queued">The event.</param>
    /// <param name="reason">Why it is dropped: one of <see cref="DropReasons"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="lost"/> is null.</exception>
    public static void Count(this OutboxDropHandler lost, QueuedEnvelope queued, string reason)
    {
        ArgumentNullException.ThrowIfNull(lost);
        lost(OutboxDrop.Of(queued.Envelope, reason));
    }
}
