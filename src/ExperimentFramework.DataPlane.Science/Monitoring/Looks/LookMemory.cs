namespace ExperimentFramework.DataPlane.Science;

/// <summary>Caches the latest looks at each experiment: those in the ledger at the first request, and those recorded since. The ledger is read only once.</summary>
/// <param name="ledger">Keeps the looks.</param>
/// <param name="time">The clock.</param>
internal sealed class LookMemory(IAnalysisLedger ledger, TimeProvider time)
{
    /// <summary>The number of looks that are cached for each experiment; the ledger has all of them.</summary>
    public const int MaxLooks = 100;

    /// <summary>The number of looks that are buffered until the ledger has been read. Except for those recorded during the read, the ledger contains them as well.</summary>
    private const int MaxWaiting = 1_000;

    /// <summary>The delay before a ledger that could not be read is read again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>The maximum time that a page waits for a ledger that is being read.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Looks> _experiments = new(StringComparer.Ordinal);
    private readonly Queue<AnalysisLook> _sinceReading = [];
    private Task _reading = Task.CompletedTask;
    private Task? _slow;
    private bool _isRead;
    private DateTimeOffset? _othersReadAt;
    private (string Text, long Timestamp)? _problem;

    /// <summary>Adds a look that the ledger has recorded.</summary>
    public void Add(AnalysisLook look)
    {
        lock (_gate)
        {
            if (_isRead)
            {
                LooksOf(look.ExperimentName).Add(look);
            }
            else
            {
                _sinceReading.Enqueue(look);
                if (_sinceReading.Count > MaxWaiting)
                {
                    _sinceReading.Dequeue();
                }
            }
        }
    }

    /// <summary>Returns the latest looks at an experiment.</summary>
    /// <param name="experiment">The name of the experiment.</param>
    /// <param name="cancellationToken">Cancels the wait for the ledger.</param>
    /// <returns>The looks, and the reason why earlier looks cannot be read, if they cannot.</returns>
    public async ValueTask<LookHistory> GetAsync(string experiment, CancellationToken cancellationToken)
    {
        Task reading;
        lock (_gate)
        {
            if (!_isRead && _reading.IsCompleted && (_problem is not { } problem || time.GetElapsedTime(problem.Timestamp) >= RetryAfter))
            {
                _reading = BackgroundWork.Run(ReadAsync);
            }

            reading = _reading;
        }

        // All callers share one read, so cancelling the first caller does not cancel it. A read that timed out once is not waited for again, because a page asks every second.
        var isSlow = ReferenceEquals(reading, Volatile.Read(ref _slow)) && !reading.IsCompleted;
        if (!isSlow)
        {
            try
            {
                await reading.WaitAsync(LongestWait, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                isSlow = true;
                Volatile.Write(ref _slow, reading);
            }
        }

        lock (_gate)
        {
            if (_isRead)
            {
                return (_experiments.TryGetValue(experiment, out var looks) ? new LookHistory(looks.Count, looks.Latest, null) : new LookHistory(0, [], null)) with { OthersReadAt = _othersReadAt };
            }

            AnalysisLook[] own = [.. _sinceReading.Where(look => look.ExperimentName == experiment).Reverse()];
            return new LookHistory(own.Length, [.. own.Take(MaxLooks)], isSlow ? "Earlier looks are still being read from the ledger." : _problem?.Text);
        }
    }

    private async Task ReadAsync()
    {
        Dictionary<string, Looks> read = new(StringComparer.Ordinal);
        Queue<AnalysisLook> latest = [];
        var begun = time.GetUtcNow();
        try
        {
            await foreach (var look in ledger.ReadAsync().ConfigureAwait(false))
            {
                (read.TryGetValue(look.ExperimentName, out var looks) ? looks : read[look.ExperimentName] = new Looks()).Add(look);
                latest.Enqueue(look);
                if (latest.Count > 2 * MaxWaiting)
                {
                    latest.Dequeue();
                }
            }
        }
        catch (Exception exception)
        {
            // Messages of other exceptions may contain confidential data.
            var cause = exception is IOException or InvalidDataException or UnauthorizedAccessException ? exception.Message : exception.GetType().Name;
            lock (_gate)
            {
                _problem = ($"Earlier looks cannot be read from the ledger: {cause}", time.GetTimestamp());
            }

            return;
        }

        lock (_gate)
        {
            foreach (var (name, looks) in read)
            {
                _experiments[name] = looks;
            }

            // Looks recorded during the read may already be included.
            HashSet<AnalysisLook> known = [.. latest];
            foreach (var look in _sinceReading.Where(look => !known.Contains(look)))
            {
                LooksOf(look.ExperimentName).Add(look);
            }

            _sinceReading.Clear();
            _problem = null;
            _isRead = true;

            // Memory and file ledgers belong to one process; any other ledger may be shared.
            _othersReadAt = ledger is InMemoryAnalysisLedger or FileAnalysisLedger ? null : begun;
        }
    }

    private Looks LooksOf(string experiment) => _experiments.TryGetValue(experiment, out var looks) ? looks : _experiments[experiment] = new Looks();

    private sealed class Looks
    {
        private readonly Queue<AnalysisLook> _latest = [];

        public long Count { get; private set; }

        public IReadOnlyList<AnalysisLook> Latest => [.. _latest.Reverse()];

        public void Add(AnalysisLook look)
        {
            Count++;
            if (_latest.Count == MaxLooks)
            {
                _latest.Dequeue();
            }

            _latest.Enqueue(look);
        }
    }
}
