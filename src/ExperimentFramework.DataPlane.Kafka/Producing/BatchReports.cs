using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// The delivery reports of one batch. Each place in the batch has a handler that is created once and reused, because a handler for each event would be most of what an event allocates.
/// Handlers run on threads of the client, several at a time.
/// </summary>
internal sealed class BatchReports
{
    private readonly List<Place> _places = [];
    private TaskCompletionSource _all = NewSource();
    private int _count;
    private int _outstanding = 1;

    /// <summary>Whether every handler that was taken has been called.</summary>
    public bool IsComplete => Volatile.Read(ref _outstanding) == 1;

    /// <summary>Takes the handler of the next place.</summary>
    public Action<DeliveryReport<byte[]?, byte[]>> Take()
    {
        if (_count == _places.Count)
        {
            _places.Add(new Place(this));
        }

        var place = _places[_count++];
        place.Clear();
        Interlocked.Increment(ref _outstanding);
        return place.Handler;
    }

    /// <summary>Returns the last handler, because its message was not accepted and there will be no report.</summary>
    public void GiveBack()
    {
        _count--;
        Interlocked.Decrement(ref _outstanding);
    }

    /// <summary>Waits for all outstanding reports.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Decrement(ref _outstanding) > 0)
        {
            await _all.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            _all = NewSource();
        }

        Volatile.Write(ref _outstanding, 1);
    }

    /// <summary>The error of a place; null if its event was delivered.</summary>
    public Error? this[int place] => _places[place].Error;

    /// <summary>Whether the event of a place is known to have been delivered, also while other reports are outstanding.</summary>
    public bool IsDelivered(int place) => _places[place].IsDelivered;

    /// <summary>Begins the next batch.</summary>
    public void Clear() => _count = 0;

    // A continuation on the client's thread would block it, and disposing the client there would wait for itself.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void OnReport()
    {
        if (Interlocked.Decrement(ref _outstanding) == 0)
        {
            _all.SetResult();
        }
    }

    private sealed class Place
    {
        private volatile bool _isDelivered;

        public Place(BatchReports batch) => Handler = report =>
        {
            Error = report.Error.IsError ? report.Error : null;
            _isDelivered = Error is null;
            batch.OnReport();
        };

        public Action<DeliveryReport<byte[]?, byte[]>> Handler { get; }

        public Error? Error { get; private set; }

        public bool IsDelivered => _isDelivered;

        public void Clear()
        {
            Error = null;
            _isDelivered = false;
        }
    }
}
