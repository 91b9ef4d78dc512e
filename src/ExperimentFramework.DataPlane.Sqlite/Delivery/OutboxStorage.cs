using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// The outbox's open file, for one user at a time, with the number of events by destination. No application code runs while the lock is held: clocks
/// are read before, and log entries are written after.
/// </summary>
internal sealed partial class OutboxStorage : IDisposable
{
    private const int CopyRows = 500;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(2);

    private readonly OutboxPath _path;
    private readonly TimeProvider _time;
    private readonly NonThrowingLogger _logger;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Action> _log = new();
    private OutboxTable _table;
    private long _bytes;
    private bool _isDisposed;

    /// <exception cref="InvalidOperationException">No file can be used; the message states the reason.</exception>
    public OutboxStorage(OutboxPath path, TimeProvider time, NonThrowingLogger logger)
    {
        _path = path;
        _time = time;
        _logger = logger;
        _table = Open(_time.GetUtcNow(), StartTimeout) ?? throw new InvalidOperationException(path.IsPattern
            ? $"All outbox files that match '{path}' are in use by other processes."
            : $"The outbox '{path}' is in use by another process or by the assignment store. Use a separate outbox for each process and another file for assignments. With {{process}} in the name, \"outbox-{{process}}.db\", each process takes a file that is free.");
        Recount();
        WriteLog();
    }

    /// <summary>The path of the open file.</summary>
    public string FilePath => _table.FilePath;

    /// <summary>A sentence for operators if the file is not where it should be; null if it is.</summary>
    public string? DegradedReason { get; private set; }

    /// <summary>The size of the stored events in bytes. Read it only inside <see cref="Use"/>.</summary>
    public long Bytes => _bytes;

    /// <summary>The destinations that have or had stored events.</summary>
    public IEnumerable<string> Destinations => _counts.Keys;

    /// <summary>Returns the number of events stored for a destination. May be called after disposal.</summary>
    public long Count(string destination) => _counts.GetValueOrDefault(destination);

    /// <summary>Runs an action that has exclusive use of the file.</summary>
    public T Use<T>(Func<OutboxTable, T> use)
    {
        var now = _time.GetUtcNow();
        try
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (_table.IsMoved)
                {
                    MoveToNewFile(now);
                }

                return use(_table);
            }
        }
        finally
        {
            WriteLog();
        }
    }

    /// <summary>Records that events were stored or, with negative numbers, removed. Called inside <see cref="Use"/>.</summary>
    public void Added(string destination, int count, long bytes)
    {
        _bytes += bytes;
        _counts.AddOrUpdate(destination, count, (_, before) => before + count);
    }

    /// <summary>Closes the file after the current call.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            if (_table.IsMoved && _counts.Values.Sum() is > 0 and var lost)
            {
                _log.Enqueue(() => LogLost(_table.FilePath, lost));
            }

            _table.TryEmptyMovedLog();
            _table.Dispose();
        }

        WriteLog();
    }

    /// <exception cref="InvalidOperationException">No file can be opened, for the reason of the first one that is not in use.</exception>
    private OutboxTable? Open(DateTimeOffset now, TimeSpan timeout)
    {
        ExceptionDispatchInfo? first = null;
        foreach (var file in _path.Candidates())
        {
            // A file that exists may be another program's, or another user's; that one cannot be created is the folder's fault.
            var mayPass = _path.IsPattern && File.Exists(file);
            try
            {
                var table = OutboxFile.TryOpen(file, _path.IsPattern ? TimeSpan.Zero : timeout, now, out var aside);
                if (aside is { } damaged)
                {
                    _log.Enqueue(() => LogDamaged(file, damaged.Path, damaged.Damage));
                }

                if (table is not null)
                {
                    return table;
                }
            }
            catch (InvalidOperationException exception)
            {
                first ??= ExceptionDispatchInfo.Capture(exception);
                if (!mayPass)
                {
                    break;
                }
            }
        }

        first?.Throw();
        return null;
    }

    /// <summary>
    /// Moves the events to a new file after the old one was deleted, renamed or replaced. They still exist for the open connection, but only as long as it is open.
    /// </summary>
    private void MoveToNewFile(DateTimeOffset now)
    {
        OutboxTable? file = null;
        try
        {
            // Empties the write-ahead log that was left next to the new file but does not belong to it. This is the last write: from here on,
            // both files may share the path of the log.
            _table.EmptyMovedLog();
            file = Open(now, TimeSpan.Zero) ?? throw new InvalidOperationException("The new file is in use by another process.");
            foreach (var (destination, _, _) in file.Totals())
            {
                file.MoveBelow(destination, Math.Min(0, _table.FirstPosition(destination) ?? 0));
            }

            var last = 0L;
            while (_table.ReadAfter(last, CopyRows) is { Count: > 0 } rows)
            {
                foreach (var group in rows.GroupBy(row => row.Destination, row => row.Row))
                {
                    file.Append(group.Key, [.. group.Select(row => row with { Position = row.Position ?? long.MinValue + row.Id })]);
                }

                last = rows[^1].Row.Id;
            }
        }
        catch (Exception exception)
        {
            file?.Dispose();
            if (DegradedReason is null)
            {
                _log.Enqueue(() => LogMoved(FilePath, exception));
            }

            DegradedReason = $"The outbox '{FilePath}' was deleted or replaced while it was open and could not be recreated ({exception.Message}). Its events are lost when the process ends.";
            return;
        }

        var (before, moved) = (_table, file);
        _table = file;
        DegradedReason = null;
        before.Dispose();
        Recount();
        _log.Enqueue(() => LogReplaced(before.FilePath, moved.FilePath));
    }

    private void Recount()
    {
        foreach (var destination in _counts.Keys)
        {
            _counts[destination] = 0;
        }

        _bytes = 0;
        foreach (var (destination, count, bytes) in _table.Totals())
        {
            Added(destination, count, bytes);
        }
    }

    private void WriteLog()
    {
        while (_log.TryDequeue(out var write))
        {
            write();
        }
    }

    [LoggerMessage(90, LogLevel.Error, "The outbox '{Path}' is damaged. It was renamed to '{Aside}', with its events, and a new file was created.", EventName = "OutboxDamaged")]
    private partial void LogDamaged(string path, string aside, Exception exception);

    [LoggerMessage(91, LogLevel.Error, "The outbox '{Path}' was deleted or replaced while it was open. Its events were moved to '{NewPath}'; none were lost.", EventName = "OutboxReplaced")]
    private partial void LogReplaced(string path, string newPath);

    [LoggerMessage(92, LogLevel.Error, "The outbox '{Path}' was deleted or replaced while it was open and could not be recreated. This is retried; if it keeps failing, the events are lost when the process ends.", EventName = "OutboxNotRecreated")]
    private partial void LogMoved(string path, Exception exception);

    [LoggerMessage(93, LogLevel.Error, "The outbox '{Path}' was deleted or replaced while it was open. {Count} events that existed only in the deleted file were lost.", EventName = "OutboxEventsLost")]
    private partial void LogLost(string path, long count);
}
