using System.Buffers.Binary;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Creates time-ordered event ids: UUID version 7 with a dedicated counter (RFC 9562, sections 5.7 and 6.2, method 1).
/// </summary>
/// <remarks>
/// The bits are 48 of Unix milliseconds, 4 of version, 30 of the sequence around the 2 of the variant, and 44 that are random
/// for each pipeline. The same timestamp and sequence always give the same id, so that a later event can refer to an earlier one
/// of which only that pair is known.
/// </remarks>
internal sealed class EventIds
{
    private const int RandomBits = 44;

    private readonly ulong _pipelineBits = RandomSeed.Draw() & ((1UL << RandomBits) - 1);

    /// <summary>Gets the producer that every id names.</summary>
    public string Producer => ProducerId.Of(Create(DateTimeOffset.UnixEpoch, 0));

    public Guid Create(DateTimeOffset timestamp, long sequence)
    {
        // The clock may be any TimeProvider; ids have no room for times before 1970.
        var milliseconds = (ulong)Math.Max(0, timestamp.ToUnixTimeMilliseconds());
        var counter = (ulong)sequence & 0x3FFF_FFFF;
        var high = (milliseconds << 16) | 0x7000 | (counter >> 18);
        var low = 0x8000_0000_0000_0000 | ((counter & 0x3_FFFF) << RandomBits) | _pipelineBits;

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new Guid(bytes, bigEndian: true);
    }
}
