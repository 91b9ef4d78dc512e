using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Moves the events that ended processes left in their outboxes to this one. A file that can be locked has no owner: the operating system releases the
/// locks of a process that ends, however it ends. An event is written here before it is removed there, so if a process ends in between, the event exists twice,
/// with the same event id. A file that cannot be used does not keep the others from being adopted.
/// </summary>
internal sealed partial class OutboxAdoption(
    OutboxStorage storage, OutboxPath path, ConcurrentDictionary<string, Action> registered, long maxBytes, TimeProvider time, NonThrowingLogger logger)
{
    private const int StepRows = 500;

    private readonly NonThrowingLogger _logger = logger;

    /// <summary>The files that were found empty, as they were then: nothing has been written to one that has not changed since.</summary>
    private readonly Dictionary<string, FileState> _empty = new(StringComparer.Ordinal);

    /// <summary>What is wrong with the files that could not be adopted at the last attempt.</summary>
    private volatile Dictionary<string, string> _problems = [];

    /// <summary>A sentence for operators about files whose events wait; null if there are none.</summary>
    public string? DegradedReason => _problems.Count == 0 ? null : string.Join(
        " ", _problems.Select(problem => $"The events in the outbox '{problem.Key}', which no process uses, cannot be moved to this process's outbox: {problem.Value}"));

    /// <summary>Adopts the events of all files that have no owner, as far as there is capacity.</summary>
    public void AdoptAll(Func<bool> isEnding)
    {
        if (!path.IsPattern)
        {
            return;
        }

        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in path.Existing().Where(file => file != storage.FilePath))
        {
            if (isEnding())
            {
                return;
            }

            try
            {
                AdoptFile(file, isEnding);
            }
            catch (Exception exception) when (!isEnding())
            {
                problems[file] = _logger.Exceptions.MessageOf(exception);
                if (!_problems.ContainsKey(file))
                {
                    LogFailed(file, exception);
                }
            }
        }

        _problems = problems;
    }

    private void AdoptFile(string file, Func<bool> isEnding)
    {
        // Opening a file locks it for a moment, in which a process that starts takes another one.
        if (_empty.TryGetValue(file, out var state) && state == FileState.Of(file))
        {
            return;
        }

        using var abandoned = OutboxFile.TryOpen(file, TimeSpan.Zero, time.GetUtcNow(), out var aside);
        if (aside is { } damaged)
        {
            LogDamaged(file, damaged.Path, damaged.Damage);
        }

        if (abandoned is null)
        {
            return;
        }

        if (Adopt(abandoned, isEnding) is > 0 and var adopted)
        {
            LogAdopted(adopted, file, storage.FilePath);
        }

        if (abandoned.Totals().Count == 0)
        {
            // While the file is locked, so that what another process writes is later.
            _empty[file] = FileState.Of(file) with { HasLog = false };
        }
    }

    private int Adopt(OutboxTable abandoned, Func<bool> isEnding)
    {
        var adopted = 0;
        foreach (var (destination, count, _) in abandoned.Totals())
        {
            long? next = null;
            var moved = 0;
            do
            {
                (moved, next) = Move(abandoned, destination, next, count);
                adopted += moved;
            }
            while (moved > 0 && !isEnding());

            if (registered.TryGetValue(destination, out var added))
            {
                added();
            }
        }

        abandoned.Compact();
        return adopted;
    }

    /// <summary>Moves a destination's oldest events.</summary>
    /// <param name="abandoned">Where they are.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="next">The position of the first one; null if none has been moved yet.</param>
    /// <param name="count">The number of the destination's events when none had been moved.</param>
    /// <returns>How many were moved, and the position of the next one.</returns>
    private (int Moved, long Next) Move(OutboxTable abandoned, string destination, long? next, int count)
    {
        var rows = abandoned.Read(destination, StepRows);
        var (moved, first) = storage.Use(table =>
        {
            var bytes = storage.Bytes;
            OutboxRow[] fitting = [.. rows.TakeWhile(row => (bytes += row.Size) <= maxBytes)];

            // They are older than the events of this process, so they come before them, in their own order. Determined together with the write: between the two, the
            // file could be replaced by one whose events have these positions.
            var position = next ?? Math.Min(0, table.FirstPosition(destination) ?? 0) - count;
            var (added, addedBytes) = table.Append(destination, [.. fitting.Select((row, index) => row with { Position = position + index })]);
            storage.Added(destination, added, addedBytes);
            return added == fitting.Length ? (fitting, position) : throw new InvalidOperationException("Other events have the positions of the moved ones.");
        });
        abandoned.RemoveRows([.. moved.Select(row => row.Id)]);
        return (moved.Length, first + moved.Length);
    }

    [LoggerMessage(96, LogLevel.Information, "{Count} events of a process that has ended were moved from '{Path}' to '{OwnPath}'. This process delivers them.", EventName = "OutboxAdopted")]
    private partial void LogAdopted(int count, string path, string ownPath);

    [LoggerMessage(97, LogLevel.Error, "The outbox '{Path}' of a process that has ended is damaged. It was renamed to '{Aside}', with its events.", EventName = "AdoptedOutboxDamaged")]
    private partial void LogDamaged(string path, string aside, Exception exception);

    [LoggerMessage(98, LogLevel.Warning, "The events in the outbox '{Path}', which no process uses, cannot be moved to the outbox of this process. This is retried every half a minute.", EventName = "OutboxAdoptionFailed")]
    private partial void LogFailed(string path, Exception exception);

    /// <summary>What changes when a process writes to a file: its write-ahead log exists, or its contents were written when that was closed.</summary>
    private readonly record struct FileState(DateTime WrittenAt, long Length, bool HasLog)
    {
        public static FileState Of(string path)
        {
            var file = new FileInfo(path);
            return file.Exists ? new FileState(file.LastWriteTimeUtc, file.Length, File.Exists(path + "-wal")) : default;
        }
    }
}
