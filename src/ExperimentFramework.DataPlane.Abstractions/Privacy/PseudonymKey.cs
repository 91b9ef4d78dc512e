namespace ExperimentFramework.DataPlane;

/// <summary>A key of pseudonyms, with the id that events carry.</summary>
public sealed class PseudonymKey
{
    /// <summary>The minimum length of a key, in bytes: the output size of the hash (RFC 2104, section 3), 32.</summary>
    public const int MinimumLength = 32;

    private readonly byte[] _bytes;

    /// <summary>Initializes a key.</summary>
    /// <param name="id">The id that the <see cref="DataPlaneEnvelope.Metadata"/> of every event with a pseudonym carries; it reveals nothing about the key.</param>
    /// <param name="bytes">The secret: at least 32 random bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="id"/> is null or white space, or <paramref name="bytes"/> are fewer than 32.</exception>
    public PseudonymKey(string id, ReadOnlySpan<byte> bytes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        if (bytes.Length < MinimumLength)
        {
            throw new ArgumentException($"A pseudonym key must have at least {MinimumLength} bytes, but this one has {bytes.Length}.", nameof(bytes));
        }

        Id = id;
        _bytes = bytes.ToArray();
    }

    /// <summary>The id of the key, as events carry it.</summary>
    public string Id { get; }

    /// <summary>The secret key material.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;
}
