using System.Buffers.Binary;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// Finds clocks that are wrong: events that happened after they were read, and events whose time is far from the one in their id, which the pipeline takes from the same clock. Events that applications publish with a
/// time of their own, such as metrics of yesterday, may differ: so only times that are later than the id's are counted.
/// </summary>
/// <param name="now">When reading began.</param>
internal sealed class ClockChecks(DateTimeOffset now)
{
    /// <summary>The last time that there is, in the year 9999: an id can say a later one.</summary>
    private static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The events from the future.</summary>
    public ClockFinding Future { get; } = new();

    /// <summary>The events that are later than their id.</summary>
    public ClockFinding AfterId { get; } = new();

    public void Add(in SourceEvent read)
    {
        var time = read.Envelope.Timestamp;
        if (time - now > BelievedTime.Tolerance)
        {
            Future.Add(read, time - now);
        }

        if (TimeOfId(read.Envelope.EventId) is { } created && time - created > BelievedTime.Tolerance)
        {
            AfterId.Add(read, time - created);
        }
    }

    /// <summary>The time of a UUID version 7; null if it is none, or one without a real time.</summary>
    private static DateTimeOffset? TimeOfId(Guid eventId)
    {
        if (eventId.Version != 7)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        eventId.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        return milliseconds <= LastMillisecond ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }
}
