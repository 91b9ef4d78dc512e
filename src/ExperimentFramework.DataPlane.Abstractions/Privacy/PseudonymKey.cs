namespace ExperimentFramework.DataPlane;

/// <summary>A key of pseudonyms with the id under which events name it.</summary>
public sealed class PseudonymKey
{
    /// <summary>The shortest key: as long as the hash (RFC 2104, section 3), 32 bytes.</summary>
    public const int MinimumLength = 32;

    private readonly byte[] _bytes;

    /// <summary>Creates a key.</summary>
    /// <param name="id">Goes into <see cref="DataPlaneEnvelope.Metadata"/> of every event with a pseudonym; says nothing about the key.</param>
    /// <param name="bytes">The secret: at least 32 random bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="id"/> is null or white space, or <paramref name="bytes"/> are fewer than 32.</exception>
    public PseudonymKey(string id, ReadOnlySpan<byte> bytes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        if (bytes.Length < MinimumLength)
        {
            throw new ArgumentException($"A pseudonym key has at least {MinimumLength} bytes; this one has {bytes.Length}.", nameof(bytes));
        }

        Id = id;
        _bytes = bytes.ToArray();
    }

    /// <summary>The id under which events name the key.</summary>
    public string Id { get; }

    /// <summary>The secret.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;
}
