namespace ExperimentFramework.DataPlane;

/// <summary>
/// The worker's side of the record queue: makes the envelopes and hands them to every queued destination, when a batch is full
/// or the flush interval is over.
/// </summary>
internal sealed class RecordPump
{
    private readonly RecordQueue _queue;
    private readonly RecordReader _reader;
    private readonly RoomWaiters _waiters;
    private readonly EnvelopeFactory _envelopes;
    private readonly ReadyEvents _ready;
    private readonly RecordNumbers _numbers;
    private readonly DeliveryRoutes _routes;
    private readonly DeliveryMetrics _metrics;
    private readonly RecordDrops _drops;
    private readonly int _batchSize;
    private readonly TimeSpan _flushInterval;
    private readonly TimeProvider _time;
    private readonly WakeSignal _wake;
    private readonly Lock _reading = new();
    private readonly Lock _requests = new();
    private readonly List<DataPlaneEnvelope> _batch;
    private readonly RecordReader.Take _take;
    private readonly RecordReader.Take _dropAsShutdown;
    private readonly Task _worker;
    private List<TaskCompletionSource> _flushes = [];
    private volatile bool _isDue;
    private volatile bool _isClosing;
    private bool _isDone;

    public RecordPump(
        RecordQueue queue,
        RoomWaiters waiters,
        EnvelopeFactory envelopes,
        ReadyEvents ready,
        RecordNumbers numbers,
        DeliveryRoutes routes,
        DeliveryMetrics metrics,
        RecordDrops drops,
        WakeSignal wake,
        DataPlaneOptions options,
        TimeProvider time)
    {
        _queue = queue;
        _reader = new RecordReader(queue, time);
        _waiters = waiters;
        _envelopes = envelopes;
        _ready = ready;
        _numbers = numbers;
        _routes = routes;
        _metrics = metrics;
        _drops = drops;
        _batchSize = options.BatchSize;
        _flushInterval = options.FlushInterval;
        _time = time;
        _wake = wake;
        _batch = new List<DataPlaneEnvelope>(_batchSize);
        _take = Take;
        _dropAsShutdown = (ref record) => _drops.Drop(record, DropReasons.Shutdown);
        _worker = Detached.Start(WorkAsync);
    }

    /// <summary>Ends when everything that was recorded before the call has been handed to the destinations or counted.</summary>
    public Task FlushAsync()
    {
        var flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_requests)
        {
            if (_isDone)
            {
                return Task.CompletedTask;
            }

            _flushes.Add(flush);
        }

        _wake.Set();
        return flush.Task;
    }

    /// <summary>Takes nothing more, and ends when everything recorded has been handed on. What comes later is counted as dropped.</summary>
    public Task CloseAsync()
    {
        Close();
        return _worker;
    }

    /// <summary>Takes nothing more, and counts what has not been handed on.</summary>
    public void Abandon()
    {
        Close();
        End();
    }

    private void Close()
    {
        _queue.Watch.Close(CommittedLate);
        _isClosing = true;
        _waiters.Close();
        _wake.Set();
    }

    private async Task WorkAsync()
    {
        using var timer = _time.CreateTimer(_ => Tick(), null, _flushInterval, _flushInterval);
        while (!_isClosing)
        {
            await _wake.WaitAsync().ConfigureAwait(false);
            _queue.Watch.SwitchOff();
            var isTick = _isDue;
            _isDue = false;
            var flushes = TakeFlushes();
            if (isTick || _isClosing || flushes.Count > 0 || _queue.IsExhausted || _queue.Pending >= _batchSize)
            {
                await MoveAsync().ConfigureAwait(false);
            }

            flushes.ForEach(flush => flush.TrySetResult());
            if (isTick || _queue.IsExhausted)
            {
                lock (_reading)
                {
                    _queue.RetireProducers();
                }
            }

            _routes.TellLosses();
            WatchForFullBatch();
        }

        // What was committed while the queue was being closed.
        await MoveAsync().ConfigureAwait(false);
        End();
    }

    private void Tick()
    {
        _isDue = true;
        _wake.Set();
    }

    /// <summary>Hands on everything that was committed before the call.</summary>
    private async ValueTask MoveAsync()
    {
        Aim();
        while (BeginSweep())
        {
            while (ReadBatch() is var read and > 0)
            {
                await _routes.DispatchAsync(_batch).ConfigureAwait(false);
                _metrics.CountPublished(read);
                _queue.GiveBack(read);
                _waiters.Freed(read);

                // Callers may keep this loop busy for ever: where threads are few, destinations would never have their turn.
                await Task.Yield();
            }
        }
    }

    private void Aim()
    {
        lock (_reading)
        {
            _reader.Aim();
        }
    }

    private bool BeginSweep()
    {
        lock (_reading)
        {
            if (_isDone || _reader.HasReachedAim)
            {
                return false;
            }

            _reader.Begin();
            return true;
        }
    }

    private int ReadBatch()
    {
        _batch.Clear();
        lock (_reading)
        {
            return _isDone ? 0 : _reader.Read(_batchSize, _take);
        }
    }

    private void Take(ref EventRecord record)
    {
        var isMade = _envelopes.TryMake(record, out var before, out var envelope);
        if (before is not null)
        {
            var own = _ready.RecordOf(before, record.Activity, record.NotedAt);
            own.Number = _numbers.Take(1);
            Take(ref own);
            _metrics.CountPublished(1);
        }

        if (isMade)
        {
            _batch.Add(envelope!);
        }
        else
        {
            _drops.Drop(record, DropReasons.Serialization);
        }
    }

    /// <summary>Where a batch is nearly full, the commit that fills it has to say so.</summary>
    private void WatchForFullBatch()
    {
        if (_queue.Pending * 2 < _batchSize - 1)
        {
            return;
        }

        _queue.Watch.SwitchOn();
        if (_queue.Pending >= _batchSize)
        {
            _wake.Set();
        }
    }

    private List<TaskCompletionSource> TakeFlushes()
    {
        lock (_requests)
        {
            var taken = _flushes;
            _flushes = [];
            return taken;
        }
    }

    private void CommittedLate()
    {
        lock (_reading)
        {
            if (_isDone)
            {
                DropLeft();
            }
        }
    }

    private void End()
    {
        lock (_reading)
        {
            _isDone = true;
            DropLeft();
        }

        _queue.Dispose();
        TakeFlushes().ForEach(flush => flush.TrySetResult());
    }

    private void DropLeft()
    {
        _reader.Aim();
        while (!_reader.HasReachedAim)
        {
            _reader.Begin();
            while (_reader.Read(int.MaxValue, _dropAsShutdown) is var read and > 0)
            {
                _metrics.CountPublished(read);
                _queue.GiveBack(read);
            }
        }
    }
}
