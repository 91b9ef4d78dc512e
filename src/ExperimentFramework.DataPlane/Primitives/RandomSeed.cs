using System.Buffers.Binary;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Creates random bits that differ between processes and cannot be guessed from outside. They come from a version 4 UUID, which takes them from the
/// operating system: a cryptographic generator would load OpenSSL at the start of every process, for eight bytes.
/// </summary>
internal static class RandomSeed
{
    public static ulong Draw()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(bytes);

        // The six fixed bits of version and variant are at different positions in the two halves.
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
    }
}
