using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Notes when subjects were last seen and deletes those that were not seen for too long: in the background and in small steps, so that no caller
/// waits for either.
/// </summary>
internal sealed partial class AssignmentRetention : IDisposable
{
    /// <summary>How many rows one transaction deletes or updates; the write lock is free between two of them.</summary>
    private const int StepRows = 500;

    /// <summary>How many sightings wait to be written. A subject that finds no place is noted when it is next read.</summary>
    private const int MaxSightings = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StepPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaxResolution = TimeSpan.FromDays(1);

    private readonly string _path;
    private readonly TimeSpan _retention;
    private readonly TimeSpan _resolution;
    private readonly TimeProvider _time;
    private readonly ExpiryClock _expiry;
    private readonly NonThrowingLogger _logger;
    private readonly Func<Func<AssignmentConnection, int>, int> _run;
    private readonly ConcurrentQueue<AssignmentKey> _seen = new();
    private readonly ITimer _timer;
    private long _purged;
    private volatile bool _mayLogHoldDeleted;
    private bool _isFailing;
    private int _isRunning;
    private volatile bool _isDisposed;

    /// <param name="path">The file.</param>
    /// <param name="retention">How long a row is kept after its subject was last seen.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs what fails.</param>
    /// <param name="run">Runs a piece of work on a connection.</param>
    public AssignmentRetention(string path, TimeSpan retention, TimeProvider time, NonThrowingLogger logger, Func<Func<AssignmentConnection, int>, int> run)
    {
        _path = path;
        _retention = retention;
        _resolution = retention / 10 < MaxResolution ? retention / 10 : MaxResolution;
        _time = time;
        _expiry = new ExpiryClock(time);
        _logger = logger;
        _run = run;
        _timer = time.CreateTimer(_ => BackgroundWork.Run(WorkAsync), null, TimeSpan.Zero, Interval);
    }

    /// <summary>How many rows have expired.</summary>
    public long Purged => Volatile.Read(ref _purged);

    /// <summary>Notes that a subject was seen, if its row says less.</summary>
    public void Saw(in AssignmentKey key, long lastSeenAt)
    {
        if (_time.GetUtcNow().ToUnixTimeMilliseconds() - lastSeenAt >= _resolution.TotalMilliseconds && _seen.Count < MaxSightings)
        {
            _seen.Enqueue(key);
        }
    }

    /// <summary>Empties the write-ahead log of what was deleted, now or when nobody reads from it any more.</summary>
    public void EmptyLog() => _mayLogHoldDeleted = _run(connection => connection.TryEmptyLog() ? 0 : 1) != 0;

    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
    }

    private async Task WorkAsync()
    {
        // A step that takes longer than the interval is not joined by a second one.
        if (Interlocked.Exchange(ref _isRunning, 1) != 0)
        {
            return;
        }

        try
        {
            WriteSightings();
            if (_expiry.Read() is { } now)
            {
                await PurgeAsync(now - _retention).ConfigureAwait(false);
                DamagedFile.DeleteBefore(_path, now - _retention);
            }

            _isFailing = false;
        }
        catch (Exception) when (_isDisposed)
        {
            // The file is closed.
        }
        catch (Exception exception)
        {
            if (!_isFailing)
            {
                _isFailing = true;
                LogFailed(_path, exception);
            }
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    private void WriteSightings()
    {
        var now = _time.GetUtcNow();
        var keys = new HashSet<AssignmentKey>();
        while (!_seen.IsEmpty && !_isDisposed)
        {
            keys.Clear();
            while (keys.Count < StepRows && _seen.TryDequeue(out var key))
            {
                keys.Add(key);
            }

            _run(connection =>
            {
                connection.See(keys, now);
                return keys.Count;
            });
        }
    }

    private async Task PurgeAsync(DateTimeOffset before)
    {
        int purged;
        do
        {
            purged = _run(connection => connection.Purge(before, StepRows));
            Interlocked.Add(ref _purged, purged);
            _mayLogHoldDeleted = _mayLogHoldDeleted || purged > 0;
            if (purged == StepRows)
            {
                await Task.Delay(StepPause, _time).ConfigureAwait(false);
            }
        }
        while (purged == StepRows && !_isDisposed);

        if (_mayLogHoldDeleted)
        {
            EmptyLog();
        }
    }

    [LoggerMessage(104, LogLevel.Warning, "Old assignments in '{Path}' could not be deleted; they are tried again in a minute.", EventName = "AssignmentRetentionFailed")]
    private partial void LogFailed(string path, Exception exception);
}
