using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;

namespace ExperimentFramework.DataPlane.EventHubs;

/// <summary>
/// Sends one batch: the events of a subject one after the other, with its partition key; different subjects in parallel. A message of Event Hubs has one key, so each subject gets its own messages.
/// A failure stops the events of its subject, and those of all subjects only if the hub itself cannot be used: a partition may be down while the others are not.
/// </summary>
internal sealed class HubBatch(EventHubProducerClient client, IReadOnlyList<DataPlaneEnvelope> envelopes, HubFaults faults)
{
    /// <summary>How many messages may fail, with none accepted in between, before the hub itself counts as down and the rest of the batch is left for the next attempt.</summary>
    private const int MaxFailuresInARow = 3;

    private readonly DeliveryStatus[] _statuses = new DeliveryStatus[envelopes.Count];
    private volatile Exception? _rejection;
    private volatile Exception? _outage;
    private volatile bool _isHubDown;
    private int _failuresInARow;

    /// <summary>Sends the events, and returns a status for each. Events that were not tried because the hub cannot be used now can be retried.</summary>
    public async Task<BatchResult> SendAsync(EventFormat format, int maxConcurrentSends, CancellationToken cancellationToken)
    {
        Array.Fill(_statuses, DeliveryStatus.TransientFailure);
        var subjects = Encode(format);
        using var places = new SemaphoreSlim(maxConcurrentSends);
        var sends = new List<Task>(subjects.Count);
        foreach (var (key, events) in subjects)
        {
            await places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            if (_isHubDown || cancellationToken.IsCancellationRequested)
            {
                break;
            }

            sends.Add(SendAsync(key, events, places, cancellationToken));
        }

        await Task.WhenAll(sends).ConfigureAwait(false);
        return Array.TrueForAll(_statuses, status => status == DeliveryStatus.Delivered) ? BatchResult.Delivered
            : BatchResult.FromStatuses(_statuses, _outage ?? _rejection ?? new OperationCanceledException(cancellationToken));
    }

    /// <summary>Creates a message for each event, and groups them by subject in the order of the batch.</summary>
    private List<(string? Key, List<(int Index, EventData Message)> Events)> Encode(EventFormat format)
    {
        using var messages = new EventMessages(format);
        var subjects = new List<(string? Key, List<(int, EventData)> Events)>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < envelopes.Count; index++)
        {
            EventData message;
            try
            {
                message = messages.Create(envelopes[index]);
            }
            catch (Exception exception)
            {
                // Reading an application's values may run any code.
                Reject(index, new EventRejectedException("An event cannot be written as JSON.", exception));
                continue;
            }

            var key = PartitionKey.Of(envelopes[index].Payload);
            if (!places.TryGetValue(key ?? "", out var place))
            {
                place = subjects.Count;
                places.Add(key ?? "", place);
                subjects.Add((key, []));
            }

            subjects[place].Events.Add((index, message));
        }

        return subjects;
    }

    private async Task SendAsync(string? key, List<(int Index, EventData Message)> events, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        try
        {
            for (var sent = 0; sent < events.Count;)
            {
                sent += await SendFromAsync(key, events, sent, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It is unknown whether the message arrived, so its events are retried.
        }
        catch (Exception exception)
        {
            _outage = faults.Translate(exception);
            _isHubDown |= HubFaults.IsOfWholeHub(exception) || Interlocked.Increment(ref _failuresInARow) >= MaxFailuresInARow;
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>Sends as many events in one message as fit.</summary>
    /// <returns>The number of events that have a status.</returns>
    private async Task<int> SendFromAsync(string? key, List<(int Index, EventData Message)> events, int first, CancellationToken cancellationToken)
    {
        using var batch = await client.CreateBatchAsync(new CreateBatchOptions { PartitionKey = key }, cancellationToken).ConfigureAwait(false);
        var next = first;
        while (next < events.Count && batch.TryAdd(events[next].Message))
        {
            next++;
        }

        if (next == first)
        {
            // Detected here, because the client would mistake the service's refusal for a lost connection.
            Reject(events[first].Index, TooLarge(events[first].Message, batch.MaximumSizeInBytes));
            return 1;
        }

        await client.SendAsync(batch, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _failuresInARow, 0);
        for (var place = first; place < next; place++)
        {
            _statuses[events[place].Index] = DeliveryStatus.Delivered;
        }

        return next - first;
    }

    private void Reject(int index, EventRejectedException rejection)
    {
        _statuses[index] = DeliveryStatus.PermanentFailure;
        _rejection = rejection;
    }

    private static EventRejectedException TooLarge(EventData message, long limit) => SafeText.Own(new EventRejectedException(string.Create(
        CultureInfo.InvariantCulture,
        $"An event has {message.EventBody.ToMemory().Length} bytes, more than a message of the event hub may have ({limit} with its properties). Lower DataPlaneOptions.MaxAttributeLength, or use a tier with larger messages.")));
}
