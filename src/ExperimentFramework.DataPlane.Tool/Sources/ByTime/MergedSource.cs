using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// Reads the events of files merged by their times. A file is opened when its first event is due, so only files whose times overlap are open together. Lines are in the order of their writing, which has to be that of their times; a
/// Parquet file is sorted in memory.
/// </summary>
/// <param name="console">Where standard input comes from.</param>
/// <param name="files">The files.</param>
/// <param name="onFault">Receives each part that cannot be read.</param>
internal sealed class MergedSource(ToolConsole console, IReadOnlyList<SourceFile> files, Action<SourceFault> onFault)
{
    /// <summary>The most files that are open at once: below the limit of open files of most systems.</summary>
    private const int MaxOpen = 512;

    /// <summary>How far the times of a file's lines may go back: threads that write together are this far from each other, and no window is.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>Whether sources without events are no mistake, because they are followed.</summary>
    public bool IsFollowed { get; init; }

    /// <summary>Reads all events.</summary>
    /// <exception cref="CommandException">A file that was named is missing, empty or not one of events.</exception>
    /// <exception cref="NotMergeableException">The lines of a file are not in the order of their times, or more than 512 files overlap in time.</exception>
    public async IAsyncEnumerable<SourceEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var waiting = new PriorityQueue<(SourceFile File, bool IsParquet), (DateTimeOffset First, string Path)>();
        foreach (var file in files)
        {
            var (first, isParquet) = await LookAsync(file, cancellationToken);
            waiting.Enqueue((file, isParquet), (first, file.Path));
        }

        var open = new PriorityQueue<IAsyncEnumerator<SourceEvent>, (DateTimeOffset Time, Guid Id)>();
        try
        {
            while (true)
            {
                while (waiting.TryPeek(out var next, out var due) && !(open.TryPeek(out _, out var head) && head.Time < due.First))
                {
                    waiting.Dequeue();
                    await EnqueueNextAsync(OpenAsync(next.File, next.IsParquet, cancellationToken).GetAsyncEnumerator(cancellationToken), open);
                    if (open.Count > MaxOpen)
                    {
                        throw new NotMergeableException();
                    }
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

    private IAsyncEnumerable<SourceEvent> OpenAsync(SourceFile file, bool isParquet, CancellationToken cancellationToken)
    {
        var events = new EventSource(console, [file], onFault) { IsFollowed = IsFollowed }.ReadAsync(cancellationToken);
        return isParquet ? SortedAsync(events) : InOrderAsync(events);
    }

    /// <summary>Reads the time of a file's first event, and whether it is Parquet. One that says no time is due at once.</summary>
    private async ValueTask<(DateTimeOffset First, bool IsParquet)> LookAsync(SourceFile file, CancellationToken cancellationToken)
    {
        if (file.Remote is not null)
        {
            // A server has its first event first, and is not asked twice.
            return (DateTimeOffset.MinValue, false);
        }

        if (file.IsNamedParquet && ParquetTimes.First(file.Path) is { } time)
        {
            return (time, true);
        }

        var source = new EventSource(console, [file], static _ => { }) { AcceptsEmptyFiles = true, IsFollowed = true };
        await foreach (var read in source.ReadAsync(cancellationToken))
        {
            return source.Formats.ContainsKey(SourceFormat.Parquet) ? (ParquetTimes.First(file.Path) ?? DateTimeOffset.MinValue, true) : (read.Envelope.Timestamp, false);
        }

        return (DateTimeOffset.MinValue, false);
    }

    private static async IAsyncEnumerable<SourceEvent> InOrderAsync(IAsyncEnumerable<SourceEvent> events)
    {
        var latest = DateTimeOffset.MinValue;
        await foreach (var read in events)
        {
            var time = read.Envelope.Timestamp;
            if (latest - time > Tolerance)
            {
                throw new NotMergeableException();
            }

            latest = time > latest ? time : latest;
            yield return read;
        }
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
}
