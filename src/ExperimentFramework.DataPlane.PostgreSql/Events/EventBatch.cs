using System.Globalization;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Publishes one batch and records the status of each event. A batch that contains an event that the server refuses is split in halves until that event is alone,
/// so that it does not affect the others.
/// </summary>
/// <param name="events">The events.</param>
/// <param name="partitions">The partitions.</param>
/// <param name="copy">Writes events.</param>
/// <param name="faults">Translates exceptions of the server.</param>
internal sealed class EventBatch(IReadOnlyList<DataPlaneEnvelope> events, EventPartitions partitions, EventCopy copy, ServerFaultTranslator faults)
{
    /// <summary>
    /// How many events a rule of the tables may refuse before the rest of the batch is left for the next attempt: some rules refuse every event, and each attempt to
    /// find them is an error in the server's log.
    /// </summary>
    private const int MaxRefused = 16;

    private readonly DeliveryStatus[] _statuses = [.. Enumerable.Repeat(DeliveryStatus.TransientFailure, events.Count)];
    private Exception? _error;
    private int _refused;

    /// <summary>Publishes the events.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The status of each event. Events that were written before a failure are delivered.</returns>
    public async ValueTask<BatchResult> PublishAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(Acceptable(), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
        {
            _error = exception;
        }
        catch (Exception exception)
        {
            _error = faults.Translate(exception);
        }

        return _error is null ? BatchResult.Delivered : BatchResult.FromStatuses(_statuses, _error);
    }

    /// <summary>Returns the positions of the events whose time can be stored.</summary>
    private ArraySegment<int> Acceptable()
    {
        var positions = new int[events.Count];
        var count = 0;
        for (var i = 0; i < events.Count; i++)
        {
            var day = EventPartitions.DayOf(events[i].Timestamp);
            if (partitions.Accepts(day))
            {
                positions[count++] = i;
            }
            else
            {
                Reject(i, new EventRejectedException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The event's time is on {day:yyyy-MM-dd}, before {EventSchema.FirstDay:yyyy-MM-dd} or more than {EventSchema.MaxDaysAhead} days in the future. Check the clock of the host that published it.")));
            }
        }

        return new ArraySegment<int>(positions, 0, count);
    }

    private async Task WriteAsync(ArraySegment<int> positions, CancellationToken cancellationToken)
    {
        if (positions.Count == 0)
        {
            return;
        }

        try
        {
            if (await WriteWholeAsync(positions, cancellationToken).ConfigureAwait(false))
            {
                foreach (var position in positions)
                {
                    _statuses[position] = DeliveryStatus.Delivered;
                }

                return;
            }
        }
        catch (Exception exception) when (exception is EventRejectedException || ServerFault.IsBadValue(exception))
        {
            if (positions.Count == 1)
            {
                Reject(positions[0], exception as EventRejectedException ?? new EventRejectedException("PostgreSQL cannot store a value of the event: a number or a size is outside its range, or text is not valid JSON.", exception));
                return;
            }
        }
        catch (Exception exception) when (ServerFault.IsAddedRule(exception) && _refused < MaxRefused)
        {
            if (positions.Count == 1)
            {
                // Not permanent: the rule may be removed. Of several errors, report the one that someone can correct.
                _refused++;
                _error = faults.Translate(exception);
                return;
            }
        }

        var half = positions.Count / 2;
        await WriteAsync(positions[..half], cancellationToken).ConfigureAwait(false);
        await WriteAsync(positions[half..], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes all of the events, or none.</summary>
    /// <returns>False if the events have to be written one by one.</returns>
    private async Task<bool> WriteWholeAsync(ArraySegment<int> positions, CancellationToken cancellationToken)
    {
        IReadOnlyList<DataPlaneEnvelope> chosen = positions.Count == events.Count ? events : [.. positions.Select(position => events[position])];
        await EnsurePartitionsAsync(chosen, cancellationToken).ConfigureAwait(false);
        try
        {
            return await WriteOnceAsync(chosen, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (ServerFault.IsMissingPartition(exception))
        {
            // Another host has dropped it since.
            partitions.Forget();
            await EnsurePartitionsAsync(chosen, cancellationToken).ConfigureAwait(false);
            return await WriteOnceAsync(chosen, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> WriteOnceAsync(IReadOnlyList<DataPlaneEnvelope> chosen, CancellationToken cancellationToken)
    {
        try
        {
            return await copy.WriteAsync(chosen, mayExist: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (ServerFault.IsDuplicate(exception))
        {
            // The answer to an earlier attempt was lost after its commit. A single event has been stored then, with all its rows.
            return chosen.Count == 1 || await copy.WriteAsync(chosen, mayExist: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask EnsurePartitionsAsync(IReadOnlyList<DataPlaneEnvelope> chosen, CancellationToken cancellationToken)
    {
        DateOnly? last = null;
        foreach (var envelope in chosen)
        {
            var day = EventPartitions.DayOf(envelope.Timestamp);
            if (day != last)
            {
                last = day;
                await partitions.EnsureAsync(day, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Reject(int position, EventRejectedException reason)
    {
        _statuses[position] = DeliveryStatus.PermanentFailure;
        _error ??= SafeText.Own(reason);
    }
}
