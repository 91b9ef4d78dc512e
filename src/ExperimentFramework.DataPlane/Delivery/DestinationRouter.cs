namespace ExperimentFramework.DataPlane;

/// <summary>Hands events to the queued destinations.</summary>
internal sealed class DestinationRouter
{
    private readonly Destination[] _dropping;
    private readonly Destination[] _awaited;
    private readonly HashSet<Destination> _required;
    private readonly LossDetector _losses;
    private readonly LossEventFactory _lossEvents;
    private readonly DeliveryMetrics _metrics;
    private readonly TimeProvider _time;

    /// <param name="destinations">The queued destinations.</param>
    /// <param name="required">Whether callers wait for a destination.</param>
    /// <param name="context">What the parts of the pipeline share.</param>
    public DestinationRouter(IReadOnlyList<Destination> destinations, Func<Destination, bool> required, PipelineContext context)
    {
        _required = [.. destinations.Where(required)];
        _awaited = [.. destinations.Where(destination => destination.HasOutbox || _required.Contains(destination))];
        _dropping = [.. destinations.Except(_awaited)];
        _losses = context.Drops.Losses;
        _lossEvents = new LossEventFactory(context);
        _metrics = context.Metrics;
        _time = context.Time;
    }

    /// <summary>Hands a batch to every destination. Destinations that must be waited for come last, so that they do not hold up the others.</summary>
    public void Dispatch(IReadOnlyList<DataPlaneEnvelope> batch, WorkerThread worker)
    {
        var now = _time.GetUtcNow();
        foreach (var destination in _dropping)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                destination.TryPublish(batch[i], now);
            }
        }

        foreach (var destination in _awaited)
        {
            var isRequired = _required.Contains(destination);
            for (var i = 0; i < batch.Count; i++)
            {
                destination.Publish(batch[i], now, isRequired, worker);
            }
        }
    }

    /// <summary>
    /// Publishes an error event for each loss that started or ended, to the destinations behind it. State advances even if error events are disabled.
    /// </summary>
    public void PublishLossEvents()
    {
        var isEnabled = _lossEvents.IsEnabled;
        Destination[] all = [.. _dropping, .. _awaited];
        _losses.TryPublishTransition(error => !isEnabled || TryPublishReserved(all, error));
        foreach (var destination in all)
        {
            destination.Losses.TryPublishTransition(error => !isEnabled || TryPublishReserved([destination], error));
        }
    }

    private bool TryPublishReserved(Destination[] destinations, ErrorEvent error)
    {
        if (_lossEvents.Create(error) is not { } envelope)
        {
            return true;
        }

        var isTaken = false;
        foreach (var destination in destinations)
        {
            isTaken |= destination.TryPublishReserved(envelope);
        }

        if (isTaken)
        {
            _metrics.CountPassedOn(envelope.EventType);
        }

        return isTaken;
    }
}
