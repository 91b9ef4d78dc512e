namespace ExperimentFramework.DataPlane;

/// <summary>Counts what a destination accepted, what was lost in front of it, and what was retried.</summary>
/// <param name="name">The name of the destination.</param>
/// <param name="drops">Counts dropped events by experiment, variant, category and reason.</param>
/// <param name="metrics">The instruments.</param>
internal sealed class DestinationCounters(string name, DropLedger drops, DeliveryMetrics metrics)
{
    private long _delivered;
    private long _dropped;
    private long _lostAtEnd;

    /// <summary>Gets the number of events that the destination accepted.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Gets the number of events that were dropped in front of the destination.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void CountDelivered(int count) => Interlocked.Add(ref _delivered, count);

    public void CountRetried(int count) => metrics.CountRetried(name, count);

    public void CountDropped(in EventKey key, string reason)
    {
        Interlocked.Increment(ref _dropped);
        if (reason == DropReasons.Shutdown)
        {
            Interlocked.Increment(ref _lostAtEnd);
        }

        drops.CounterFor(key, reason, name).Increment();
    }

    /// <summary>Returns the number of events lost at shutdown since the last call.</summary>
    public long TakeLostAtEnd() => Interlocked.Exchange(ref _lostAtEnd, 0);
}
