namespace ExperimentFramework.DataPlane;

/// <summary>The queued destinations, and how each of them gets its events.</summary>
internal sealed class DestinationRouter
{
    private readonly Destination[] _dropping;
    private readonly Destination[] _awaited;
    private readonly HashSet<Destination> _required;
    private readonly Func<ErrorEvent, DataPlaneEnvelope?> _wrap;
    private readonly LossDetector _losses;
    private readonly Func<bool> _publishesLosses;
    private readonly DeliveryMetrics _metrics;

    /// <param name="destinations">The queued destinations.</param>
    /// <param name="required">Whether callers wait for a destination.</param>
    /// <param name="losses">The loss in front of all of them.</param>
    /// <param name="wrap">Puts an event about a loss into its envelope; null where it cannot be told.</param>
    /// <param name="tellsLosses">Whether errors are published at all.</param>
    /// <param name="metrics">Counts the events about losses.</param>
    public DestinationRouter(
        IReadOnlyList<Destination> destinations,
        Func<Destination, bool> required,
        LossDetector losses,
        Func<ErrorEvent, DataPlaneEnvelope?> wrap,
        Func<bool> tellsLosses,
        DeliveryMetrics metrics)
    {
        _required = [.. destinations.Where(required)];
        _awaited = [.. destinations.Where(destination => destination.HasOutbox || _required.Contains(destination))];
        _dropping = [.. destinations.Except(_awaited)];
        _losses = losses;
        _wrap = wrap;
        _publishesLosses = tellsLosses;
        _metrics = metrics;
    }

    /// <summary>Hands a batch to every destination; waits for room where it has to, after all others have it.</summary>
    public void Dispatch(IReadOnlyList<DataPlaneEnvelope> batch, WorkerThread worker)
    {
        foreach (var destination in _dropping)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                destination.TryPublish(batch[i]);
            }
        }

        foreach (var destination in _awaited)
        {
            var isRequired = _required.Contains(destination);
            for (var i = 0; i < batch.Count; i++)
            {
                destination.Publish(batch[i], isRequired, worker);
            }
        }
    }

    /// <summary>
    /// Tells every destination of the losses in front of it that have begun or ended. Where nobody is told, they begin and end all the same.
    /// </summary>
    public void PublishLossEvents()
    {
        var tells = _publishesLosses();
        Destination[] all = [.. _dropping, .. _awaited];
        _losses.TryPublishTransition(error => !tells || TryPublishReserved(all, error));
        foreach (var destination in all)
        {
            destination.Losses.TryPublishTransition(error => !tells || TryPublishReserved([destination], error));
        }
    }

    private bool TryPublishReserved(Destination[] destinations, ErrorEvent error)
    {
        if (_wrap(error) is not { } envelope)
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
            _metrics.CountPublished(1);
        }

        return isTaken;
    }
}
