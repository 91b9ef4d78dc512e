using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// Sends batches, one at a time, and waits for all delivery reports. After an exception, or a batch that was abandoned, it must not be used again: reports may still arrive.
/// </summary>
internal sealed class BatchSender(TopicNames topics, EventFormat format, ClientFaults faults) : IDisposable
{
    private static readonly TimeSpan QueuePollInterval = TimeSpan.FromMilliseconds(1);

    private readonly EventMessages _messages = new(format);
    private readonly BatchReports _reports = new();

    /// <summary>The index of the event in each place of the reports.</summary>
    private readonly List<int> _events = [];
    private readonly List<int> _tryAlone = [];
    private DeliveryStatus[] _statuses = [];
    private Exception? _error;

    /// <summary>Whether the producer failed fatally and accepts no more messages.</summary>
    public bool IsFatal { get; private set; }

    /// <summary>Whether the last batch was canceled after some of its events had a status: the producer may still hold others.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>Sends a batch.</summary>
    /// <exception cref="OperationCanceledException">Sending was canceled before any event had a status.</exception>
    public async Task<BatchResult> SendAsync(IProducer<byte[]?, byte[]> producer, IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken)
    {
        Begin(envelopes.Count);
        try
        {
            await SendAllAsync(producer, envelopes, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            if (!TryAbandon())
            {
                throw;
            }

            // Events that were already delivered must not be sent again.
            _error = exception;
        }

        return _error is null ? BatchResult.Delivered : BatchResult.FromStatuses(_statuses, _error);
    }

    public void Dispose() => _messages.Dispose();

    private async Task SendAllAsync(IProducer<byte[]?, byte[]> producer, IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken)
    {
        for (var i = 0; i < envelopes.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await TrySendAsync(producer, envelopes[i], i, cancellationToken).ConfigureAwait(false))
            {
                // The following events are not tried, because they would overtake this one.
                break;
            }
        }

        await EvaluateAsync(envelopes, isAlone: envelopes.Count == 1, cancellationToken).ConfigureAwait(false);
        foreach (var index in _tryAlone)
        {
            Next();
            if (IsFatal || !await TrySendAsync(producer, envelopes[index], index, cancellationToken).ConfigureAwait(false))
            {
                break;
            }

            await EvaluateAsync(envelopes, isAlone: true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps what is known of the events of a canceled batch.</summary>
    /// <returns>False if nothing is known.</returns>
    private bool TryAbandon()
    {
        for (var place = 0; place < _events.Count; place++)
        {
            if (_reports.IsDelivered(place))
            {
                _statuses[_events[place]] = DeliveryStatus.Delivered;
            }
        }

        return IsAbandoned = _statuses.AsSpan().ContainsAnyExcept(DeliveryStatus.TransientFailure);
    }

    private void Begin(int count)
    {
        _statuses = new DeliveryStatus[count];
        Array.Fill(_statuses, DeliveryStatus.TransientFailure);
        _error = null;
        IsFatal = false;
        IsAbandoned = false;
        _tryAlone.Clear();
        Next();
    }

    private void Next()
    {
        _reports.Clear();
        _events.Clear();
    }

    /// <summary>Hands an event to the client.</summary>
    /// <returns>False if the client does not accept events now.</returns>
    private async ValueTask<bool> TrySendAsync(IProducer<byte[]?, byte[]> producer, DataPlaneEnvelope envelope, int index, CancellationToken cancellationToken)
    {
        try
        {
            var message = _messages.Create(envelope);
            while (Produce(producer, topics.Of(envelope.EventType), message) is { } error)
            {
                if (error.Code != ErrorCode.Local_QueueFull)
                {
                    return OnRefused(error, index, message.Key is not null);
                }

                await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            }

            _events.Add(index);
        }
        catch (EventRejectedException rejection)
        {
            Reject(index, rejection);
        }

        return true;
    }

    /// <summary>Waits for the client's queue, which a large batch, or another call, has filled.</summary>
    private async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        if (_reports.IsComplete)
        {
            // The client frees the place of a message after it has reported on it.
            await Task.Delay(QueuePollInterval, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        await _reports.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <returns>The error if the client did not accept the message, and will not report on it.</returns>
    private Error? Produce(IProducer<byte[]?, byte[]> producer, string topic, Message<byte[]?, byte[]> message)
    {
        try
        {
            producer.Produce(topic, message, _reports.Take());
            return null;
        }
        catch (KafkaException exception)
        {
            _reports.GiveBack();
            return exception.Error;
        }
    }

    private bool OnRefused(Error error, int index, bool hasKey)
    {
        if (DeliveryErrors.IsAboutTheEvent(error.Code, hasKey))
        {
            Reject(index, faults.Rejection(error));
            return true;
        }

        Fail(error);
        return false;
    }

    /// <summary>Waits for the reports of the events that were sent, and evaluates them.</summary>
    private async Task EvaluateAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, bool isAlone, CancellationToken cancellationToken)
    {
        await _reports.WaitAsync(cancellationToken).ConfigureAwait(false);
        for (var place = 0; place < _events.Count; place++)
        {
            var index = _events[place];
            if (_reports[place] is not { } error)
            {
                _statuses[index] = DeliveryStatus.Delivered;
                faults.OnSucceeded();
            }
            else if (!DeliveryErrors.IsAboutTheEvent(error.Code, SubjectKey.Of(envelopes[index].Payload) is not null))
            {
                Fail(error);
            }
            else if (isAlone)
            {
                Reject(index, faults.Rejection(error));
            }
            else
            {
                // Brokers refuse all messages of a request because of a single one.
                _tryAlone.Add(index);
                _error ??= faults.Rejection(error);
            }
        }
    }

    private void Reject(int index, Exception rejection)
    {
        _statuses[index] = DeliveryStatus.PermanentFailure;
        _error = rejection;
    }

    private void Fail(Error error)
    {
        IsFatal |= DeliveryErrors.IsFatal(error);
        _error = faults.Translate(error);
    }
}
