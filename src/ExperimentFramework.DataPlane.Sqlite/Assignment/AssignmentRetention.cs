using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Records when subjects were last seen and deletes those that were not seen for too long: in the background and in small steps, so that no caller
/// waits for either.
/// </summary>
internal sealed partial class AssignmentRetention : IDisposable
{
    /// <summary>The maximum number of rows that one transaction deletes or updates; the write lock is free between transactions.</summary>
    private const int StepRows = 500;

    /// <summary>The maximum number of sightings that wait to be written. Further subjects are recorded when they are read again.</summary>
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
    private readonly Action _purgedRows;
    private readonly ConcurrentQueue<AssignmentKey> _seen = new();
    private readonly ITimer _timer;
    private long _purged;
    private bool _isFailing;
    private int _isRunning;
    private volatile bool _isDisposed;

    /// <param name="path">The path of the file.</param>
    /// <param name="retention">How long a row is kept after its subject was last seen.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs failures.</param>
    /// <param name="run">Runs an action on a connection.</param>
    /// <param name="purgedRows">Called after rows were deleted; must not throw.</param>
    public AssignmentRetention(
        string path, TimeSpan retention, TimeProvider time, NonThrowingLogger logger, Func<Func<AssignmentConnection, int>, int> run, Action purgedRows)
    {
        _path = path;
        _retention = retention;
        _resolution = retention / 10 < MaxResolution ? retention / 10 : MaxResolution;
        _time = time;
        _expiry = new ExpiryClock(time);
        _logger = logger;
        _run = run;
        _purgedRows = purgedRows;
        _timer = time.CreateTimer(_ => BackgroundWork.Run(WorkAsync), null, TimeSpan.Zero, Interval);
    }

    /// <summary>The number of expired rows that were deleted.</summary>
    public long Purged => Volatile.Read(ref _purged);

    /// <summary>Records that a subject was seen, if the time in its row is old enough.</summary>
    public void Saw(in AssignmentKey key, long lastSeenAt)
    {
        if (_time.GetUtcNow().ToUnixTimeMilliseconds() - lastSeenAt >= _resolution.TotalMilliseconds && _seen.Count < MaxSightings)
        {
            _seen.Enqueue(key);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
    }

    private async Task WorkAsync()
    {
        // If a run takes longer than the interval, no second one is started.
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
            // The file was closed in the meantime.
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
        var keys = new HashSet<AssignmentKey>();
        while (!_seen.IsEmpty && !_isDisposed)
        {
            keys.Clear();
            while (keys.Count < StepRows && _seen.TryDequeue(out var key))
            {
                keys.Add(key);
            }

            // Read after the last of them was seen: an earlier time would be that of a subject who had not returned yet.
            var now = _time.GetUtcNow();
            try
            {
                _run(connection =>
                {
                    connection.See(keys, now);
                    return keys.Count;
                });
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

    private async Task PurgeAsync(DateTimeOffset before)
    {
        var hasPurged = false;
        try
        {
            int purged;
            do
            {
                purged = _run(connection => connection.Purge(before, StepRows));
                Interlocked.Add(ref _purged, purged);
                hasPurged |= purged > 0;
                if (purged == StepRows)
                {
                    await Task.Delay(StepPause, _time).ConfigureAwait(false);
                }
            }
            while (purged == StepRows && !_isDisposed);
        }
        finally
        {
            if (hasPurged)
            {
                _purgedRows();
            }
        }
    }

    [LoggerMessage(104, LogLevel.Warning, "Expired assignments in '{Path}' could not be deleted. The deletion is retried in a minute.", EventName = "AssignmentRetentionFailed")]
    private partial void LogFailed(string path, Exception exception);
}
