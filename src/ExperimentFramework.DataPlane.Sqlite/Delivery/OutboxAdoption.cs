using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Moves the events that ended processes left in their outboxes to this one. A file that can be locked has no owner: the operating system releases the
/// locks of a process that ends, however it ends. An event is written here before it is removed there, so if a process ends in between, the event exists twice,
/// with the same event id.
/// </summary>
internal sealed partial class OutboxAdoption(
    OutboxStorage storage, OutboxPath path, ConcurrentDictionary<string, Action> registered, long maxBytes, TimeProvider time, NonThrowingLogger logger)
{
    private const int StepRows = 500;

    private readonly NonThrowingLogger _logger = logger;

    /// <summary>Adopts the events of all files that have no owner, as far as there is capacity.</summary>
    public void AdoptAll(Func<bool> isEnding)
    {
        if (!path.IsPattern)
        {
            return;
        }

        foreach (var file in path.Existing().Where(file => file != storage.FilePath))
        {
            if (isEnding())
            {
                return;
            }

            using var abandoned = OutboxFile.TryOpen(file, TimeSpan.Zero, time.GetUtcNow(), out var aside);
            if (aside is { } damaged)
            {
                LogDamaged(file, damaged.Path, damaged.Damage);
            }

            if (abandoned is not null && Adopt(abandoned, isEnding) is > 0 and var adopted)
            {
                LogAdopted(adopted, file, storage.FilePath);
            }
        }
    }

    private int Adopt(OutboxTable abandoned, Func<bool> isEnding)
    {
        var adopted = 0;
        foreach (var (destination, count, _) in abandoned.Totals())
        {
            // They are older than the events of this process, so they come before them, in their own order.
            var next = storage.Use(table => Math.Min(0, table.FirstPosition(destination) ?? 0)) - count;
            var moved = 0;
            do
            {
                moved = Move(abandoned, destination, next);
                next += moved;
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

    private int Move(OutboxTable abandoned, string destination, long position)
    {
        var rows = abandoned.Read(destination, StepRows);
        var moved = storage.Use(table =>
        {
            var bytes = storage.Bytes;
            OutboxRow[] fitting = [.. rows.TakeWhile(row => (bytes += row.Size) <= maxBytes)];
            table.Append(destination, [.. fitting.Select((row, index) => row with { Position = position + index })]);
            storage.Added(destination, fitting.Length, fitting.Sum(row => row.Size));
            return fitting;
        });
        abandoned.RemoveRows([.. moved.Select(row => row.Id)]);
        return moved.Length;
    }

    [LoggerMessage(96, LogLevel.Information, "{Count} events of a process that has ended were moved from '{Path}' to '{OwnPath}'. This process delivers them.", EventName = "OutboxAdopted")]
    private partial void LogAdopted(int count, string path, string ownPath);

    [LoggerMessage(97, LogLevel.Error, "The outbox '{Path}' of a process that has ended is damaged. It was renamed to '{Aside}', with its events.", EventName = "AdoptedOutboxDamaged")]
    private partial void LogDamaged(string path, string aside, Exception exception);
}
