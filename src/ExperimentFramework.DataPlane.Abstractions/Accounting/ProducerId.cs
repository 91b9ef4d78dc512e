using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane;

/// <summary>Finds the producer of an event: the pipeline that gave it its id.</summary>
public static class ProducerId
{
    private const ulong Mask = (1UL << 44) - 1;

    /// <summary>Returns the producer of an event: the last 11 digits of its id as text.</summary>
    /// <param name="eventId">The <see cref="DataPlaneEnvelope.EventId"/> of an event that a pipeline published.</param>
    /// <returns>The 44 random bits of its pipeline, as 11 lower-case hexadecimal digits: the <see cref="AccountingEvent.ProducerId"/> of its accounts.</returns>
    public static string Of(Guid eventId) => TextOf(NumberOf(eventId));

    /// <summary>Returns the bits of a producer as a number, which costs less than the text.</summary>
    /// <remarks>The last 8 bytes of an id are in the order of the text in memory, too.</remarks>
    internal static ulong NumberOf(Guid eventId) => BinaryPrimitives.ReadUInt64BigEndian(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in eventId))[8..]) & Mask;

    /// <summary>Returns the text of a producer's number.</summary>
    internal static string TextOf(ulong number) => number.ToString("x11", CultureInfo.InvariantCulture);
}
