using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Maintains an outbox in the background, twice a minute: expires events of unregistered destinations, erases removed events from the
/// write-ahead log, deletes old copies of damaged files, and adopts the events that ended processes left.
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
    private readonly OutboxDropHandler _lost;
    private readonly OutboxAdoption _adoption;
    private readonly NonThrowingLogger _logger;
    private readonly ITimer _timer;
    private volatile string? _problem;
    private int _isRunning;
    private volatile bool _hasRemoved;
    private volatile bool _isDisposed;

    /// <param name="storage">The open file.</param>
    /// <param name="path">The paths of the files of all processes.</param>
    /// <param name="registered">The registered destinations, and the callbacks that wake them.</param>
    /// <param name="options">The limits of the outbox.</param>
    /// <param name="expiry">The clock for deciding what has expired.</param>
    /// <param name="lost">Receives each event that is dropped, and why.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs adopted events and failures.</param>
    public OutboxUpkeep(
        OutboxStorage storage,
        OutboxPath path,
        ConcurrentDictionary<string, Action> registered,
        SqliteOutboxOptions options,
        ExpiryClock expiry,
        OutboxDropHandler lost,
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

    /// <summary>Sentences for operators about the last run, as far as it failed; null if it did not.</summary>
    public string? DegradedReason => string.Join(" ", ((string?[])[_problem, _adoption.DegradedReason]).OfType<string>()) is { Length: > 0 } reasons ? reasons : null;

    /// <summary>Records that events were removed that the write-ahead log still contains.</summary>
    public void Removed() => _hasRemoved = true;

    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
    }

    private Task WorkAsync()
    {
        // If a run takes longer than the interval, no second one is started.
        if (_isDisposed || Interlocked.Exchange(ref _isRunning, 1) != 0)
        {
            return Task.CompletedTask;
        }

        try
        {
            if (_expiry.Read() is { } now)
            {
                var cutoff = now - _options.MaxAge;
                ExpireOrphans(cutoff.UtcTicks);
                foreach (var file in _path.Existing())
                {
                    DamagedFile.DeleteBefore(file, cutoff);
                }
            }

            EraseRemoved();
            _adoption.AdoptAll(() => _isDisposed);
            _problem = null;
        }
        catch (Exception) when (_isDisposed)
        {
            // The file was closed in the meantime.
        }
        catch (Exception exception)
        {
            if (_problem is null)
            {
                LogFailed(_storage.FilePath, exception);
            }

            _problem = $"The maintenance of the outbox '{_storage.FilePath}' failed: {_logger.Exceptions.MessageOf(exception)}";
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
        try
        {
            _storage.Use(table =>
            {
                table.Compact();
                return 0;
            });
        }
        catch
        {
            _hasRemoved = true;
            throw;
        }
    }

    private void ExpireOrphans(long cutoff)
    {
        foreach (var destination in _storage.Destinations.Where(destination => !_registered.ContainsKey(destination)))
        {
            List<OutboxRow> expired;
            do
            {
                expired = _storage.Use(table =>
                {
                    var rows = table.Read(destination, StepRows).TakeWhile(row => row.StoredAt < cutoff).ToList();
                    var (count, bytes) = table.RemoveRows([.. rows.Select(row => row.Id)]);
                    _storage.Added(destination, -count, -bytes);
                    return rows;
                });
                expired.ForEach(row => _lost(row.Drop(DropReasons.OutboxExpired)));
                _hasRemoved |= expired.Count > 0;
            }
            while (expired.Count == StepRows && !_isDisposed);
        }
    }

    [LoggerMessage(95, LogLevel.Warning, "The maintenance of the outbox '{Path}' failed. It is retried in half a minute.", EventName = "OutboxMaintenanceFailed")]
    private partial void LogFailed(string path, Exception exception);
}
