using System.Globalization;
using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>Merges event files by time. A file is opened when its first event is due, so only files whose times overlap are open together.</summary>
internal static class MergedEventFiles
{
    /// <summary>The maximum number of files that are open at once: below the limit of most systems.</summary>
    public const int MaxOpen = 512;

    public static async IAsyncEnumerable<StoredEvent> ReadAsync(
        string[] paths, EventReadingOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var waiting = new PriorityQueue<(string Path, string File), (DateTimeOffset First, string File)>();
        foreach (var (path, file) in paths.SelectMany(path => EventFileList.Of(path).Select(file => (path, file))))
        {
            waiting.Enqueue((path, file), (await FirstAsync(path, file, options, cancellationToken).ConfigureAwait(false), file));
        }

        var open = new PriorityQueue<(EventFileReader Reader, StoredEvent Next), (DateTimeOffset Time, Guid Id)>();
        try
        {
            while (true)
            {
                while (waiting.TryPeek(out var next, out var due) && !(open.TryPeek(out _, out var head) && head.Time < due.First))
                {
                    waiting.Dequeue();
                    foreach (var reader in EventFileList.Open(next.Path, next.File, options))
                    {
                        await EnqueueNextAsync(reader, open, cancellationToken).ConfigureAwait(false);
                        RequireFew(open.Count);
                    }
                }

                if (!open.TryDequeue(out var current, out _))
                {
                    yield break;
                }

                yield return current.Next;
                await EnqueueNextAsync(current.Reader, open, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            while (open.TryDequeue(out var left, out _))
            {
                await left.Reader.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reads the time of a file's first event. One without events is due at once, so that its unreadable lines are reported.</summary>
    private static async ValueTask<DateTimeOffset> FirstAsync(string path, string file, EventReadingOptions options, CancellationToken cancellationToken)
    {
        // Lines are reported when the whole file is read.
        var silent = new EventReadingOptions { MaxLineBytes = options.MaxLineBytes, OnUnreadableLine = static _ => { } };
        foreach (var reader in EventFileList.Open(path, file, silent))
        {
            await using (reader.ConfigureAwait(false))
            {
                if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } first)
                {
                    return first.Envelope.Timestamp;
                }
            }
        }

        return DateTimeOffset.MinValue;
    }

    /// <summary>Queues a file by its next event; closes it at its end.</summary>
    private static async ValueTask EnqueueNextAsync(
        EventFileReader reader, PriorityQueue<(EventFileReader, StoredEvent), (DateTimeOffset, Guid)> open, CancellationToken cancellationToken)
    {
        StoredEvent? next = null;
        try
        {
            next = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (next is null)
            {
                await reader.DisposeAsync().ConfigureAwait(false);
            }
        }

        if (next is not null)
        {
            open.Enqueue((reader, next), (next.Envelope.Timestamp, next.Envelope.EventId));
        }
    }

    private static void RequireFew(int open)
    {
        if (open > MaxOpen)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture,
                $"More than {MaxOpen} event files overlap in time, so they cannot be merged. Read fewer of them at a time, or without EventReadingOptions.{nameof(EventReadingOptions.MergeByTime)}."));
        }
    }
}
