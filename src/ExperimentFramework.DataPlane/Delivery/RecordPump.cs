namespace ExperimentFramework.DataPlane;

/// <summary>
/// The worker's side of the record queue: creates the envelopes and hands them to every queued destination when a batch is full
/// or the flush interval has elapsed.
/// </summary>
internal sealed class RecordPump
{
    /// <summary>Records that are counted at the end are copied from the queue in portions of this size.</summary>
    private const int MaxDroppedAtOnce = 1_024;

    private readonly RecordQueue _queue;
    private readonly RecordReader _reader;
    private readonly BackpressureGate _gate;
    private readonly RecordBatch _batch;
    private readonly DestinationRouter _router;
    private readonly AccountPublisher _accounts;
    private readonly PipelineContext _context;
    private readonly int _batchSize;
    private readonly TimeSpan _flushInterval;
    private readonly AsyncAutoResetEvent _wake;

    /// <summary>Held while records are read, and by nothing that may call the application's code.</summary>
    private readonly Lock _reading = new();
    private readonly Lock _requests = new();
    private readonly WorkerThread _worker;
    private List<TaskCompletionSource> _flushes = [];
    private volatile bool _isDue;
    private volatile bool _isClosing;
    private bool _isDone;

    public RecordPump(RecordQueue queue, BackpressureGate gate, DestinationRouter router, AccountPublisher accounts, AsyncAutoResetEvent wake, PipelineContext context)
    {
        _queue = queue;
        _reader = new RecordReader(queue, context.Time);
        _gate = gate;
        _batch = new RecordBatch(context);
        _router = router;
        _accounts = accounts;
        _context = context;
        _batchSize = context.Options.Value.BatchSize;
        _flushInterval = context.Options.Value.FlushInterval;
        _wake = wake;
        _worker = WorkerThread.Start(PipelineContext.PipelineName, Work);
    }

    /// <summary>Whether the worker waits.</summary>
    public bool IsResting => _worker.IsResting;

    /// <summary>Completes when the worker has ended, which application code that does not return may prevent.</summary>
    public Task Ended => _worker.Ended;

    /// <summary>Completes when everything that was recorded before the call has been handed to the destinations or counted.</summary>
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

    /// <summary>Accepts no more records, and completes when everything recorded has been handed on. Later records are counted as dropped.</summary>
    public Task CloseAsync()
    {
        Close();
        return _worker.Ended;
    }

    /// <summary>Accepts no more records, and counts those that have not been handed on.</summary>
    public void Abandon()
    {
        Close();
        Finish();
    }

    private void Close()
    {
        _queue.BatchFull.Close(DropRemaining);
        _isClosing = true;
        _gate.Close();
        _wake.Set();
    }

    private void Work(WorkerThread worker)
    {
        using var timer = _context.Time.CreateTimer(_ => Tick(), null, _flushInterval, _flushInterval);
        while (!_isClosing)
        {
            _wake.Wait(worker);
            _context.Faults.Guard(() => Turn(worker));
        }

        // The records that were committed while the queue was being closed.
        _context.Faults.Guard(() => Move(worker));
        Finish();
    }

    private void Tick()
    {
        _isDue = true;
        _wake.Set();
    }

    private void Turn(WorkerThread worker)
    {
        _queue.BatchFull.Disarm();
        var isTick = _isDue;
        _isDue = false;
        var flushes = TakeFlushes();
        try
        {
            if (isTick || _isClosing || flushes.Count > 0 || _queue.IsExhausted || _queue.Pending >= _batchSize)
            {
                Move(worker);
            }
        }
        finally
        {
            flushes.ForEach(flush => flush.TrySetResult());
        }

        if (isTick || _queue.IsExhausted)
        {
            lock (_reading)
            {
                _queue.RetireProducers();
            }
        }

        _context.Faults.Guard(_router.PublishLossEvents);
        _context.Faults.Guard(_accounts.PublishIfDue);
        WatchForFullBatch();
    }

    /// <summary>Hands on everything that was committed before the call.</summary>
    private void Move(WorkerThread worker)
    {
        lock (_reading)
        {
            _reader.SetTarget();
        }

        while (BeginSweep())
        {
            while (ReadBatch() > 0)
            {
                _batch.CreateEnvelopes();
                if (!TryHandOver(out var created))
                {
                    return;
                }

                _router.Dispatch(created.Envelopes, worker);
                created.CountFailed();
                _context.Metrics.CountPassedOn(created.Envelopes);
                _queue.GiveBack(created.Records);
                _gate.Release(created.Records);
            }
        }
    }

    private bool BeginSweep()
    {
        // The clock is application code, which may need the lock.
        var now = _context.Time.GetUtcNow().UtcTicks;
        lock (_reading)
        {
            if (_isDone || _reader.HasReachedTarget)
            {
                return false;
            }

            _reader.Begin(now);
            return true;
        }
    }

    private int ReadBatch()
    {
        lock (_reading)
        {
            return _isDone ? 0 : _reader.Read(_batchSize, _batch.Add);
        }
    }

    /// <summary>Takes the batch out of reach of <see cref="Finish"/>.</summary>
    /// <returns>False if the pipeline ended meanwhile, which has counted the batch.</returns>
    private bool TryHandOver(out RecordBatch.Created created)
    {
        lock (_reading)
        {
            created = _isDone ? default : _batch.TakeEnvelopes();
            return !_isDone;
        }
    }

    /// <summary>If a batch is nearly full, the commit that fills it must signal the worker.</summary>
    private void WatchForFullBatch()
    {
        if (_queue.Pending * 2 < _batchSize - 1)
        {
            return;
        }

        _queue.BatchFull.Arm();
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

    private void Finish()
    {
        lock (_requests)
        {
            lock (_reading)
            {
                _isDone = true;
            }
        }

        DropRemaining();
        _queue.Dispose();
        TakeFlushes().ForEach(flush => flush.TrySetResult());
    }

    /// <summary>Counts what has not been handed on, once the pipeline has ended. Every thread that arrives too late calls it.</summary>
    private void DropRemaining()
    {
        List<EventRecord> left = [];
        do
        {
            left.Clear();
            lock (_reading)
            {
                if (!_isDone)
                {
                    return;
                }

                _batch.TakeRecords(left);
                _reader.ReadAll(MaxDroppedAtOnce, (ref record) => left.Add(record));
            }

            left.ForEach(record => _context.Drops.Drop(record, DropReasons.Shutdown));
            _queue.GiveBack(left.Count);
        }
        while (left.Count > 0);
    }
}
