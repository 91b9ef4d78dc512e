using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// Reads the events of files merged by their times. A file is opened when its first event is due, so only files whose times overlap are open together. Lines are in the order of their writing, which has to be that of their times; each
/// row group of a Parquet file is sorted in memory.
/// </summary>
/// <param name="console">Where standard input comes from.</param>
/// <param name="source">The files.</param>
internal sealed class MergedSource(ToolConsole console, EventSource source)
{
    /// <summary>The memory for row groups that are open at once: those of twelve hosts that write as many rows to a file as the destination does.</summary>
    public const long DefaultMaxMemory = 384L * 1024 * 1024;

    /// <summary>The most files that are open at once: below the limit of open files of most systems.</summary>
    private const int MaxOpen = 512;

    /// <summary>How far the times of a file's lines may go back: more than the times of threads that write together differ, and less than any window lasts.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>The memory for row groups that are open at once, in bytes.</summary>
    public long MaxMemory { get; init; } = DefaultMaxMemory;

    /// <summary>Reads all events.</summary>
    /// <exception cref="CommandException">A source that was named is missing, empty or not one of events.</exception>
    /// <exception cref="NotMergeableException">
    /// The lines of a file are not in the order of their times, more than 512 files overlap in time, or there is no room for the row groups of Parquet files that do.
    /// </exception>
    public async IAsyncEnumerable<SourceEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var progress = source.ShowProgress();
        var waiting = await FindPartsAsync(cancellationToken);
        var open = new PriorityQueue<IAsyncEnumerator<SourceEvent>, EventOrder>();
        IAsyncEnumerator<SourceEvent>? current = null;
        var first = default(EventOrder);
        try
        {
            while (true)
            {
                while (waiting.TryPeek(out var next, out var due) && (current is null || first.Ticks >= due.Ticks))
                {
                    waiting.Dequeue();
                    if (await FirstAsync(OpenAsync(next, cancellationToken).GetAsyncEnumerator(cancellationToken)) is { } opened)
                    {
                        Add(opened);
                        RequireRoom(open.Count + 1);
                    }
                }

                if (current is null)
                {
                    break;
                }

                yield return current.Current;
                if (await MoveNextAsync(current))
                {
                    first = EventOrder.Of(current.Current.Envelope);
                    if (open.TryPeek(out _, out var head) && head.CompareTo(first) < 0)
                    {
                        var behind = current;
                        open.TryDequeue(out current, out head);
                        open.Enqueue(behind, first);
                        first = head;
                    }
                }
                else
                {
                    open.TryDequeue(out current, out first);
                }
            }
        }
        finally
        {
            await DisposeAsync(current, open);
        }

        source.RequireEvents();

        void Add(IAsyncEnumerator<SourceEvent> opened)
        {
            var order = EventOrder.Of(opened.Current.Envelope);
            if (current is null || order.CompareTo(first) < 0)
            {
                (current, opened) = (opened, current!);
                (first, order) = (order, first);
            }

            if (opened is not null)
            {
                open.Enqueue(opened, order);
            }
        }
    }

    private IAsyncEnumerable<SourceEvent> OpenAsync(SourceFile part, CancellationToken cancellationToken)
    {
        var events = source.ReadFileAsync(part, cancellationToken);
        return part.RowGroup is null ? InOrderAsync(events) : events;
    }

    /// <summary>Finds what is opened on its own, by the time of its first event. What says no time is due at once.</summary>
    private async Task<PriorityQueue<SourceFile, (long Ticks, string Path, int RowGroup)>> FindPartsAsync(CancellationToken cancellationToken)
    {
        var waiting = new PriorityQueue<SourceFile, (long, string, int)>();
        var groups = new List<RowGroupPart>();
        foreach (var file in source.Files)
        {
            var (time, found) = await LookAsync(file, cancellationToken);
            foreach (var group in found)
            {
                waiting.Enqueue(file with { RowGroup = group }, (group.First.UtcTicks, file.Path, group.Index));
            }

            if (found.Count == 0)
            {
                waiting.Enqueue(file, (time.UtcTicks, file.Path, 0));
            }

            groups.AddRange(found);
        }

        RequireMemory(groups);
        return waiting;
    }

    /// <summary>Reads the time of a file's first event, or of a Parquet file its row groups.</summary>
    private async ValueTask<(DateTimeOffset First, IReadOnlyList<RowGroupPart> RowGroups)> LookAsync(SourceFile file, CancellationToken cancellationToken)
    {
        if (file.Remote is not null)
        {
            // A server has its first event first, and is not asked twice.
            return (DateTimeOffset.MinValue, []);
        }

        // A pipe has no length, and opening it would wait for a writer.
        if (file is { IsNamedParquet: true, Bytes: > 0 } && RowGroupPart.Of(file.Path) is { } groups)
        {
            return (DateTimeOffset.MinValue, groups);
        }

        var look = new EventSource(console, [file], static _ => { }) { IsFollowed = true };
        await foreach (var read in look.ReadAsync(cancellationToken))
        {
            return (read.Envelope.Timestamp, look.Formats.ContainsKey(SourceFormat.Parquet) ? RowGroupPart.Of(file.Path) ?? [] : []);
        }

        return (DateTimeOffset.MinValue, []);
    }

    /// <summary>Requires room for the row groups that overlap: each is open from its first event to its last.</summary>
    private void RequireMemory(List<RowGroupPart> groups)
    {
        var ends = new PriorityQueue<long, DateTimeOffset>();
        var memory = 0L;
        foreach (var group in groups.OrderBy(static group => group.First))
        {
            while (ends.TryPeek(out var ended, out var last) && last < group.First)
            {
                ends.Dequeue();
                memory -= ended;
            }

            memory += group.Memory;
            ends.Enqueue(group.Memory, group.Last);
            RequireRoom(ends.Count);
            if (memory > MaxMemory)
            {
                throw new NotMergeableException();
            }
        }
    }

    private static void RequireRoom(int open)
    {
        if (open > MaxOpen)
        {
            throw new NotMergeableException();
        }
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

    /// <summary>Moves to the first event.</summary>
    /// <returns>Null if there is none.</returns>
    private static async ValueTask<IAsyncEnumerator<SourceEvent>?> FirstAsync(IAsyncEnumerator<SourceEvent> events) => await MoveNextAsync(events) ? events : null;

    /// <summary>Moves to the next event. At the end, and if there is none because of a fault, the enumerator is disposed.</summary>
    private static ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SourceEvent> events)
    {
        var move = events.MoveNextAsync();
        if (!move.IsCompletedSuccessfully)
        {
            return WaitAsync(events, move);
        }

        // Nearly all events are in memory, and are not waited for.
        return move.Result ? new ValueTask<bool>(true) : EndAsync(events);
    }

    private static async ValueTask<bool> WaitAsync(IAsyncEnumerator<SourceEvent> events, ValueTask<bool> move)
    {
        var hasNext = false;
        try
        {
            hasNext = await move;
        }
        finally
        {
            if (!hasNext)
            {
                await events.DisposeAsync();
            }
        }

        return hasNext;
    }

    private static async ValueTask<bool> EndAsync(IAsyncEnumerator<SourceEvent> events)
    {
        await events.DisposeAsync();
        return false;
    }

    private static async ValueTask DisposeAsync(IAsyncEnumerator<SourceEvent>? current, PriorityQueue<IAsyncEnumerator<SourceEvent>, EventOrder> open)
    {
        if (current is not null)
        {
            await current.DisposeAsync();
        }

        while (open.TryDequeue(out var left, out _))
        {
            await left.DisposeAsync();
        }
    }
}
