namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>One batch for the collector, in one request if the collector accepts it, and otherwise in several, in order.</summary>
internal sealed class OtlpBatch
{
    private readonly IReadOnlyList<DataPlaneEnvelope> _envelopes;
    private readonly OtlpRequest _request;
    private readonly OtlpClient _client;
    private readonly DateTimeOffset _observedTime;
    private readonly DeliveryStatus[] _statuses;
    private Exception? _error;
    private bool? _acceptsEmptyRequests;

    public OtlpBatch(IReadOnlyList<DataPlaneEnvelope> envelopes, OtlpRequest request, OtlpClient client, DateTimeOffset observedTime)
    {
        _envelopes = envelopes;
        _request = request;
        _client = client;
        _observedTime = observedTime;
        _statuses = new DeliveryStatus[envelopes.Count];
        Array.Fill(_statuses, DeliveryStatus.TransientFailure);
    }

    /// <summary>The number of events that the collector rejected while it accepted others of the same request.</summary>
    public long Rejected { get; private set; }

    public async ValueTask<BatchResult> PublishAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(0, _envelopes.Count, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (_statuses.AsSpan().ContainsAnyExcept(DeliveryStatus.TransientFailure) || SafeText.IsOwn(exception))
        {
            // Events that were already delivered must not be delivered again.
            _error = exception;
        }

        return _error is null ? BatchResult.Delivered : BatchResult.FromStatuses(_statuses, _error);
    }

    private async ValueTask PublishAsync(int start, int end, CancellationToken cancellationToken)
    {
        while (start < end)
        {
            var next = _request.Write(_envelopes, start, end, _observedTime, Reject);
            if (_request.Count > 0)
            {
                await PostAsync(start, next, cancellationToken).ConfigureAwait(false);
            }

            start = next;
        }
    }

    private async ValueTask PostAsync(int start, int end, CancellationToken cancellationToken)
    {
        var count = _request.Count;
        var answer = await _client.PostAsync(_request.Written, cancellationToken).ConfigureAwait(false);
        if (answer.Verdict == OtlpVerdict.Accepted)
        {
            Accept(start, end, Math.Min(answer.Rejected, count), answer.Error);
            return;
        }

        if (answer.Verdict == OtlpVerdict.Unreadable && !await AcceptsEmptyRequestsAsync(cancellationToken).ConfigureAwait(false))
        {
            // The collector refuses everything, so the events are not at fault.
            throw answer.Error!;
        }

        if (count == 1)
        {
            Reject(start, end, SafeText.Own(new EventRejectedException(answer.Error!.Message, answer.Error)));
            return;
        }

        var middle = start + ((end - start) / 2);
        await PublishAsync(start, middle, cancellationToken).ConfigureAwait(false);
        await PublishAsync(middle, end, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> AcceptsEmptyRequestsAsync(CancellationToken cancellationToken)
    {
        if (_acceptsEmptyRequests is null)
        {
            var answer = await _client.PostAsync(ReadOnlyMemory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            _acceptsEmptyRequests = answer.Verdict == OtlpVerdict.Accepted;
        }

        return _acceptsEmptyRequests.Value;
    }

    private void Reject(int index, EventRejectedException error)
    {
        _statuses[index] = DeliveryStatus.PermanentFailure;
        _error ??= error;
    }

    /// <summary>Rejects the events of a request.</summary>
    private void Reject(int start, int end, EventRejectedException error)
    {
        for (var index = start; index < end; index++)
        {
            if (_statuses[index] != DeliveryStatus.PermanentFailure)
            {
                Reject(index, error);
            }
        }
    }

    private void Accept(int start, int end, long rejected, Exception? error)
    {
        Rejected += rejected;
        _error ??= error;
        for (var index = end - 1; index >= start; index--)
        {
            if (_statuses[index] == DeliveryStatus.PermanentFailure)
            {
                continue;
            }

            _statuses[index] = rejected-- > 0 ? DeliveryStatus.PermanentFailure : DeliveryStatus.Delivered;
        }
    }
}
