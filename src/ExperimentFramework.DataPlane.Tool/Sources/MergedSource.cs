using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// Reads the events of files merged by their times. A file is opened when its first event is due, so only files whose times overlap are open together. Lines are in the order of their writing; a Parquet file is sorted in memory.
/// </summary>
/// <param name="console">Where standard input comes from.</param>
/// <param name="files">The files.</param>
/// <param name="onFault">Receives each part that cannot be read.</param>
internal sealed class MergedSource(ToolConsole console, IReadOnlyList<SourceFile> files, Action<SourceFault> onFault)
{
    /// <summary>The most files that are open at once: below the limit of open files of most systems.</summary>
    private const int MaxOpen = 512;

    /// <summary>Whether sources without events are no mistake, because they are followed.</summary>
    public bool IsFollowed { get; init; }

    /// <summary>Reads all events.</summary>
    /// <exception cref="CommandException">A file that was named is missing, empty or not one of events, or more than 512 files overlap in time.</exception>
    public async IAsyncEnumerable<SourceEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var waiting = new PriorityQueue<SourceFile, (DateTimeOffset First, string Path)>();
        foreach (var file in files)
        {
            waiting.Enqueue(file, (await FirstAsync(file, cancellationToken), file.Path));
        }

        var open = new PriorityQueue<IAsyncEnumerator<SourceEvent>, (DateTimeOffset Time, Guid Id)>();
        try
        {
            while (true)
            {
                while (waiting.TryPeek(out var next, out var due) && !(open.TryPeek(out _, out var head) && head.Time < due.First))
                {
                    waiting.Dequeue();
                    await EnqueueNextAsync(OpenAsync(next, cancellationToken).GetAsyncEnumerator(cancellationToken), open);
                    RequireFew(open.Count);
                }

                if (!open.TryDequeue(out var current, out _))
                {
                    yield break;
                }

                yield return current.Current;
                await EnqueueNextAsync(current, open);
            }
        }
        finally
        {
            while (open.TryDequeue(out var left, out _))
            {
                await left.DisposeAsync();
            }
        }
    }

    private IAsyncEnumerable<SourceEvent> OpenAsync(SourceFile file, CancellationToken cancellationToken)
    {
        var events = new EventSource(console, [file], onFault) { AcceptsEmptyFiles = files.Count > 1, IsFollowed = IsFollowed }.ReadAsync(cancellationToken);
        return file.IsNamedParquet ? SortedAsync(events) : events;
    }

    /// <summary>Reads the time of a file's first event. One that says none is due at once, and so is what can be read only once.</summary>
    private async ValueTask<DateTimeOffset> FirstAsync(SourceFile file, CancellationToken cancellationToken)
    {
        if (file.Bytes == 0)
        {
            return DateTimeOffset.MinValue;
        }

        if (file.IsNamedParquet && ParquetTimes.First(file.Path) is { } first)
        {
            return first;
        }

        await foreach (var read in new EventSource(console, [file], static _ => { }) { AcceptsEmptyFiles = true, IsFollowed = true }.ReadAsync(cancellationToken))
        {
            return read.Envelope.Timestamp;
        }

        return DateTimeOffset.MinValue;
    }

    /// <summary>Rows of Parquet are sorted by experiment first.</summary>
    private static async IAsyncEnumerable<SourceEvent> SortedAsync(IAsyncEnumerable<SourceEvent> events)
    {
        var all = await events.ToListAsync();
        all.Sort(static (one, other) => (one.Envelope.Timestamp, one.Envelope.EventId).CompareTo((other.Envelope.Timestamp, other.Envelope.EventId)));
        foreach (var read in all)
        {
            yield return read;
        }
    }

    private static async ValueTask EnqueueNextAsync(IAsyncEnumerator<SourceEvent> events, PriorityQueue<IAsyncEnumerator<SourceEvent>, (DateTimeOffset, Guid)> open)
    {
        var hasNext = false;
        try
        {
            hasNext = await events.MoveNextAsync();
        }
        finally
        {
            if (!hasNext)
            {
                await events.DisposeAsync();
            }
        }

        if (hasNext)
        {
            open.Enqueue(events, (events.Current.Envelope.Timestamp, events.Current.Envelope.EventId));
        }
    }

    private static void RequireFew(int open)
    {
        if (open > MaxOpen)
        {
            throw new CommandException($"More than {MaxOpen} files overlap in time, so they cannot be merged. Merge them first: dataplane convert.");
        }
    }
}
