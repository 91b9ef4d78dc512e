using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Records when subjects were last seen, and deletes the assignments of those that were not seen for too long: once a minute, in the background and in small
/// steps, so that no caller waits for either.
/// </summary>
internal sealed partial class AssignmentRetention : IDisposable
{
    /// <summary>The maximum number of rows that one statement changes.</summary>
    private const int StepRows = 500;

    /// <summary>The maximum number of sightings that wait to be written. Further subjects are recorded when they are read again.</summary>
    private const int MaxSightings = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxResolution = TimeSpan.FromDays(1);

    private readonly AssignmentRows _rows;
    private readonly SchemaGate _schema;
    private readonly ServerFaultTranslator _faults;
    private readonly TimeSpan _retention;
    private readonly TimeSpan _resolution;
    private readonly TimeProvider _time;
    private readonly NonThrowingLogger _logger;
    private readonly ConcurrentQueue<AssignmentKey> _seen = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ITimer _timer;
    private volatile string? _problem;
    private long _expired;

    /// <param name="rows">The table.</param>
    /// <param name="schema">Makes sure that the table exists.</param>
    /// <param name="faults">Translates exceptions of the server.</param>
    /// <param name="retention">How long an assignment is kept after its subject was last seen.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs failures.</param>
    public AssignmentRetention(
        AssignmentRows rows, SchemaGate schema, ServerFaultTranslator faults, TimeSpan retention, TimeProvider time, NonThrowingLogger logger)
    {
        _rows = rows;
        _schema = schema;
        _faults = faults;
        _retention = retention;
        _resolution = retention / 10 < MaxResolution ? retention / 10 : MaxResolution;
        _time = time;
        _logger = logger;

        // Started only after the field is set: a run that ends earlier could not restart the timer.
        _timer = time.CreateTimer(_ => BackgroundWork.Run(RunAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Schedule(TimeSpan.Zero);
    }

    /// <summary>A sentence for operators about the last run, if it failed; otherwise null.</summary>
    public string? DegradedReason => _problem;

    /// <summary>The number of assignments that were deleted.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Records that a subject was seen, if the time in its row is old enough.</summary>
    public void Saw(in AssignmentKey key, DateTime lastSeenAt)
    {
        if (_time.GetUtcNow().UtcDateTime - lastSeenAt >= _resolution && _seen.Count < MaxSightings)
        {
            _seen.Enqueue(key);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _end.Cancel();
    }

    private async Task RunAsync()
    {
        try
        {
            await _schema.EnsureAsync(_end.Token).ConfigureAwait(false);
            await WriteSightingsAsync().ConfigureAwait(false);
            await PurgeAsync().ConfigureAwait(false);
            _problem = null;
        }
        catch (Exception) when (_end.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            var translated = _faults.Translate(exception);
            if (_problem is null)
            {
                LogFailed(translated);
            }

            _problem = $"The last-seen times of subjects could not be updated, or expired assignments could not be deleted: {_logger.Exceptions.MessageOf(translated)}";
        }

        Schedule(Interval);
    }

    private async Task WriteSightingsAsync()
    {
        var keys = new HashSet<AssignmentKey>();
        while (!_seen.IsEmpty)
        {
            keys.Clear();
            while (keys.Count < StepRows && _seen.TryDequeue(out var key))
            {
                keys.Add(key);
            }

            try
            {
                await _rows.SeeAsync(keys, _end.Token).ConfigureAwait(false);
            }
            catch
            {
                // They are written in the next run: their subjects may not return, and would expire too early.
                foreach (var key in keys)
                {
                    _seen.Enqueue(key);
                }

                throw;
            }
        }
    }

    private async Task PurgeAsync()
    {
        int deleted;
        do
        {
            deleted = await _rows.PurgeAsync(_time.GetUtcNow(), _retention, StepRows, _end.Token).ConfigureAwait(false);
            Interlocked.Add(ref _expired, deleted);
        }
        while (deleted == StepRows);
    }

    /// <summary>Restarts the timer, which fires once, so that runs never overlap.</summary>
    private void Schedule(TimeSpan dueTime)
    {
        try
        {
            _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The store has been disposed in the meantime.
        }
    }

    [LoggerMessage(185, LogLevel.Warning, "The last-seen times of subjects could not be updated in PostgreSQL, or expired assignments could not be deleted. This is retried every minute.", EventName = "AssignmentUpkeepFailed")]
    private partial void LogFailed(Exception exception);
}
