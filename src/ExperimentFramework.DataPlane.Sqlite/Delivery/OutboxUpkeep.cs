using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// What an outbox needs beside its calls, twice a minute: events of destinations that are gone expire, what was removed is erased from the
/// write-ahead log, old damaged copies are deleted, and what dead processes left is adopted.
/// </summary>
internal sealed partial class OutboxUpkeep : IDisposable
{
    private const int StepRows = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly OutboxStorage _storage;
    private readonly OutboxPath _path;
    private readonly ConcurrentDictionary<string, Action> _registered;
    private readonly SqliteOutboxOptions _options;
    private readonly ExpiryClock _expiry;
    private readonly Action<string, string, string> _lost;
    private readonly OutboxAdoption _adoption;
    private readonly NonThrowingLogger _logger;
    private readonly ITimer _timer;
    private bool _isFailing;
    private int _isRunning;
    private volatile bool _hasRemoved;
    private volatile bool _isDisposed;

    /// <param name="storage">The file.</param>
    /// <param name="path">Where the files of all processes are.</param>
    /// <param name="registered">The destinations, and what wakes each of them.</param>
    /// <param name="options">How much is kept, and for how long.</param>
    /// <param name="expiry">Says what is too old.</param>
    /// <param name="lost">Receives the experiment, the variant and the reason of an event that is dropped.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs what was adopted and what fails.</param>
    public OutboxUpkeep(
        OutboxStorage storage,
        OutboxPath path,
        ConcurrentDictionary<string, Action> registered,
        SqliteOutboxOptions options,
        ExpiryClock expiry,
        Action<string, string, string> lost,
        TimeProvider time,
        NonThrowingLogger logger)
    {
        _storage = storage;
        _path = path;
        _registered = registered;
        _options = options;
        _expiry = expiry;
        _lost = lost;
        _logger = logger;
        _adoption = new OutboxAdoption(storage, path, registered, options.MaxBytes, time, logger);
        _timer = time.CreateTimer(_ => BackgroundWork.Run(WorkAsync), null, TimeSpan.Zero, Interval);
    }

    /// <summary>Notes that events were removed, which the write-ahead log still holds.</summary>
    public void Removed() => _hasRemoved = true;

    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
    }

    private Task WorkAsync()
    {
        // A turn that takes longer than the interval is not joined by a second one.
        if (_isDisposed || Interlocked.Exchange(ref _isRunning, 1) != 0)
        {
            return Task.CompletedTask;
        }

        try
        {
            if (_expiry.Read() is { } now)
            {
                var oldest = now - _options.MaxAge;
                ExpireOrphans(oldest.UtcTicks);
                foreach (var file in _path.Existing())
                {
                    DamagedFile.DeleteBefore(file, oldest);
                }
            }

            _adoption.AdoptAll(() => _isDisposed);
            EraseRemoved();
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
                LogFailed(_storage.FilePath, exception);
            }
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }

        return Task.CompletedTask;
    }

    private void EraseRemoved()
    {
        if (!_hasRemoved)
        {
            return;
        }

        _hasRemoved = false;
        _storage.Use(table =>
        {
            table.Compact();
            return 0;
        });
    }

    private void ExpireOrphans(long oldest)
    {
        foreach (var destination in _storage.Destinations.Where(destination => !_registered.ContainsKey(destination)))
        {
            List<OutboxRow> expired;
            do
            {
                expired = _storage.Use(table =>
                {
                    var rows = table.Read(destination, StepRows).TakeWhile(row => row.StoredAt < oldest).ToList();
                    var (count, bytes) = table.RemoveRows([.. rows.Select(row => row.Id)]);
                    _storage.Added(destination, -count, -bytes);
                    return rows;
                });
                expired.ForEach(row => _lost(row.Experiment, row.Variant, DropReasons.OutboxExpired));
                _hasRemoved |= expired.Count > 0;
            }
            while (expired.Count == StepRows && !_isDisposed);
        }
    }

    [LoggerMessage(95, LogLevel.Warning, "The upkeep of the outbox '{Path}' failed; it is tried again in half a minute.", EventName = "OutboxMaintenanceFailed")]
    private partial void LogFailed(string path, Exception exception);
}
