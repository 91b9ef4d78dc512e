namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes events that fulfil a condition: the latest of those there are, or all.</summary>
/// <param name="isWanted">The condition.</param>
/// <param name="count">How many of the latest are written.</param>
/// <param name="write">Writes an event.</param>
internal sealed class EventTail(Func<DataPlaneEnvelope, bool> isWanted, int count, Action<DataPlaneEnvelope> write)
{
    /// <summary>Reads events to their end, and writes the latest by their times, the latest one last. At equal times those are later that were read later.</summary>
    public async Task WriteLastAsync(IAsyncEnumerable<SourceEvent> events)
    {
        var latest = new PriorityQueue<DataPlaneEnvelope, (DateTimeOffset Time, long Number)>();
        var number = 0L;
        await foreach (var read in events)
        {
            if (isWanted(read.Envelope))
            {
                latest.Enqueue(read.Envelope, (read.Envelope.Timestamp, ++number));
                if (latest.Count > count)
                {
                    latest.Dequeue();
                }
            }
        }

        while (latest.TryDequeue(out var envelope, out _))
        {
            write(envelope);
        }
    }

    /// <summary>Writes each event when it is read.</summary>
    public async Task WriteAllAsync(IAsyncEnumerable<DataPlaneEnvelope> events)
    {
        await foreach (var envelope in events)
        {
            if (isWanted(envelope))
            {
                write(envelope);
            }
        }
    }
}
