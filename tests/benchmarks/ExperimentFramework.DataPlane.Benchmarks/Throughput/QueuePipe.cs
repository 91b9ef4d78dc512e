namespace ExperimentFramework.DataPlane.Benchmarks.Throughput;

/// <summary>The data plane's own record queue, with callers that wait for room: all threads' records in the order in which they were noted.</summary>
internal sealed class QueuePipe : RecordPipe
{
    private const int BatchSize = 500;

    private readonly AsyncAutoResetEvent _wake = new();
    private readonly RecordQueue _queue;
    private readonly RecordReader _reader;
    private readonly BackpressureGate _waiters = new(Room, TimeSpan.FromMinutes(1), TimeProvider.System);
    private volatile bool _isComplete;
    private long _read;

    public QueuePipe()
    {
        _queue = new RecordQueue(Room, BatchSize, new RecordSequence(), _wake);
        _reader = new RecordReader(_queue, TimeProvider.System);
    }

    public override long Read => _read;

    public override void Write(int producer, string subject)
    {
        if (!TryWrite(subject))
        {
            _waiters.TryEnter();
            _waiters.Wait(() => TryWrite(subject), CancellationToken.None);
        }
    }

    /// <summary>On a thread of its own, as in every pipe.</summary>
    public override void ReadAll() => WorkerThread.Start("reader", ReadUntilComplete).Ended.GetAwaiter().GetResult();

    public override void Complete()
    {
        _isComplete = true;
        _wake.Set();
    }

    private void ReadUntilComplete(WorkerThread worker)
    {
        RecordReader.Take discard = static (ref _) => { };
        bool isLast;
        do
        {
            _wake.Wait(worker);
            isLast = _isComplete;
            _reader.SetTarget();
            while (!_reader.HasReachedTarget)
            {
                _reader.Begin();
                while (_reader.Read(BatchSize, discard) is var read and > 0)
                {
                    _read += read;
                    _queue.GiveBack(read);
                    _waiters.Release(read);
                }
            }

            if (_queue.IsExhausted || _queue.Pending >= BatchSize)
            {
                _wake.Set();
            }
        }
        while (!isLast);
    }

    private bool TryWrite(string subject)
    {
        if (_queue.TryReserve() is not { } producer)
        {
            return false;
        }

        ref var record = ref producer.Reserved;
        record.Payload = this;
        record.State = this;
        record.SubjectId = subject;
        record.Timestamp = record.EnqueuedAt = Now;
        producer.Commit();
        return true;
    }
}
