using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Deletes events that are older than the retention, once a minute, in the background and in small steps, so that the file is locked for milliseconds. Also
/// deletes copies of damaged files of that age.
/// </summary>
internal sealed partial class EventRetention : IDisposable
{
    /// <summary>The maximum number of rows that one transaction deletes; accounts are deleted as a whole.</summary>
    private const int StepRows = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StepPause = TimeSpan.FromMilliseconds(20);

    private readonly EventFile _file;
    private readonly TimeSpan _retention;
    private readonly TimeProvider _time;
    private readonly ExpiryClock _expiry;
    private readonly NonThrowingLogger _logger;
    private readonly ITimer _timer;
    private long _deleted;
    private volatile string? _problem;
    private int _isRunning;
    private volatile bool _isDisposed;

    public EventRetention(EventFile file, TimeSpan retention, TimeProvider time, NonThrowingLogger logger)
    {
        _file = file;
        _retention = retention;
        _time = time;
        _expiry = new ExpiryClock(time);
        _logger = logger;
        _timer = time.CreateTimer(_ => BackgroundWork.Run(WorkAsync), null, TimeSpan.Zero, Interval);
    }

    /// <summary>A sentence for operators about the last run, if it failed; otherwise null.</summary>
    public string? DegradedReason => _problem;

    /// <summary>The number of rows that were deleted.</summary>
    public long Deleted => Volatile.Read(ref _deleted);

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
            if (_expiry.Read() is { } now && File.Exists(_file.Path))
            {
                await DeleteAsync(now - _retention).ConfigureAwait(false);
                DamagedFile.DeleteBefore(_file.Path, now - _retention);
            }

            _problem = null;
        }
        catch (Exception exception)
        {
            if (_isDisposed)
            {
                return;
            }

            var described = EventFileFault.Describe(exception);
            if (_problem is null)
            {
                LogFailed(_file.Path, described);
            }

            _problem = $"Events that are older than Retention cannot be deleted: {_logger.Exceptions.MessageOf(described)}";
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    private async Task DeleteAsync(DateTimeOffset before)
    {
        var hasDeleted = false;
        foreach (var table in EventSchema.Tables)
        {
            int deleted;
            do
            {
                if (_isDisposed)
                {
                    return;
                }

                deleted = _file.Use(tables => DeleteStep(tables.Handle, table, before));
                Interlocked.Add(ref _deleted, deleted);
                hasDeleted |= deleted > 0;
                if (deleted >= StepRows)
                {
                    await Task.Delay(StepPause, _time).ConfigureAwait(false);
                }
            }
            while (deleted >= StepRows);
        }

        if (hasDeleted)
        {
            // The write-ahead log still contains the deleted rows. If a reader prevents emptying it, it is emptied later.
            _file.Use(tables =>
            {
                PreparedStatement.Execute(tables.Handle, "PRAGMA wal_checkpoint(TRUNCATE);");
                return true;
            });
        }
    }

    private static int DeleteStep(sqlite3 database, string table, DateTimeOffset before)
    {
        using var delete = new PreparedStatement(database, $"DELETE FROM {table} WHERE event_id IN (SELECT event_id FROM {table} WHERE ts < ?1 ORDER BY ts LIMIT ?2);");
        delete.Bind(1, EventTime.Microseconds(before));
        delete.Bind(2, StepRows);
        delete.Run();
        return raw.sqlite3_changes(database);
    }

    [LoggerMessage(162, LogLevel.Warning, "Events in '{Path}' that are older than the retention could not be deleted. The deletion is retried in a minute.", EventName = "EventRetentionFailed")]
    private partial void LogFailed(string path, Exception exception);
}
