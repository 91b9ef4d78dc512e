using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Hashes of 64 evenly distributed bits.</summary>
internal static class EventHashes
{
    /// <summary>Returns the hash of an event's id.</summary>
    public static ulong OfEvent(Guid eventId)
    {
        Span<byte> bytes = stackalloc byte[16];
        eventId.TryWriteBytes(bytes);
        var mixed = (BinaryPrimitives.ReadUInt64LittleEndian(bytes) * 0x9E3779B97F4A7C15) ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93;
        mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93;
        return mixed ^ (mixed >> 32);
    }

    /// <summary>Returns the hash of a subject by its id, which is what selectors draw by: the same id in two tenants is one draw.</summary>
    public static ulong OfSubject(string id) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(id.AsSpan()));
}
