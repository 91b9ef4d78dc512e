using System.IO.Compression;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Compresses state: most counts are small, and the client limits the length of messages before it compresses them.</summary>
internal static class Compressed
{
    /// <summary>Nothing that was kept is larger; what claims to be was not written here.</summary>
    private const int MaxLength = 1 << 28;

    /// <summary>Compresses what is written.</summary>
    public static byte[] Write(Action<Stream> write)
    {
        using var compressed = new MemoryStream();
        using (var stream = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            write(stream);
        }

        return compressed.ToArray();
    }

    /// <summary>Decompresses what <see cref="Write"/> returned.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static MemoryStream Read(byte[] bytes)
    {
        using var stream = new DeflateStream(new MemoryStream(bytes, writable: false), CompressionMode.Decompress);
        var content = new MemoryStream();
        Span<byte> buffer = stackalloc byte[4_096];
        while (stream.Read(buffer) is > 0 and var read)
        {
            content.Write(buffer[..read]);
            if (content.Length > MaxLength)
            {
                throw new InvalidDataException("It is too large.");
            }
        }

        content.Position = 0;
        return content;
    }
}
