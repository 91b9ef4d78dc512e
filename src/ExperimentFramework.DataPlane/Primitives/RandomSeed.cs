using System.Buffers.Binary;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Bits that differ between processes and that nobody outside can guess. Drawn from a version 4 UUID, which has them from the
/// operating system: a cryptographic generator would load OpenSSL at the start of every process, for eight bytes.
/// </summary>
internal static class RandomSeed
{
    public static ulong Draw()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(bytes);

        // The six bits of version and variant stand at different places of the two halves.
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
    }
}
