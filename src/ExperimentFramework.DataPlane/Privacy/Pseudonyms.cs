using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Pseudonyms under one key: HMAC-SHA-256 (RFC 2104, FIPS 180-4) over <c>domain:value</c> in UTF-8, cut to its first 128 bits (RFC 2104,
/// section 5), as 32 lower-case hexadecimal digits.
/// </summary>
/// <remarks>
/// The domain keeps a subject and a tenant of one id, or two attributes of one value, apart. Experiment, subject type and tenant are not part of
/// it: pseudonyms are equal exactly where the ids are, so that everything joins as it would with the ids. With 128 bits, a million million subjects
/// have a chance of one in 10^15 of a collision. The latest pseudonyms are kept, because computing one costs as much as the rest of an event.
/// </remarks>
internal sealed class Pseudonyms(PseudonymKey key) : IDisposable
{
    /// <summary>The metadata entry with the key's id.</summary>
    public const string KeyIdName = "pseudonymKeyId";

    /// <summary>A power of two; with ids of 40 characters about 4 MB.</summary>
    private const int CacheSize = 1 << 14;

    private readonly Entry?[] _cache = new Entry?[CacheSize];
    private IncrementalHash? _idle;

    public PseudonymKey Key { get; } = key;

    /// <summary>The metadata of an event that has no other.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string> { [KeyIdName] = key.Id }.AsReadOnly();

    /// <summary>Whether these are the pseudonyms under a key: a provider may answer the same key in a new object each time.</summary>
    public bool IsOf(PseudonymKey key) =>
        ReferenceEquals(key, Key) || (key.Id == Key.Id && CryptographicOperations.FixedTimeEquals(key.Bytes, Key.Bytes));

    /// <summary>The pseudonym of a value.</summary>
    /// <param name="domain"><c>subject</c>, <c>tenant</c> or <c>field/name</c>.</param>
    /// <param name="value">The value.</param>
    public string Of(string domain, string value)
    {
        ref var place = ref _cache[HashCode.Combine(domain, value) & (CacheSize - 1)];
        var entry = Volatile.Read(ref place);
        if (entry is not null && entry.Value == value && entry.Domain == domain)
        {
            return entry.Pseudonym;
        }

        var pseudonym = Compute(domain, value);
        Volatile.Write(ref place, new Entry(domain, value, pseudonym));
        return pseudonym;
    }

    public void Dispose() => Interlocked.Exchange(ref _idle, null)?.Dispose();

    private string Compute(string domain, string value)
    {
        // Reused, because making one costs more than using it; whoever finds none makes another.
        var hash = Interlocked.Exchange(ref _idle, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Key.Bytes);
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(domain.Length + 1 + value.Length));
        try
        {
            var length = Encoding.UTF8.GetBytes(domain, bytes);
            bytes[length++] = (byte)':';
            length += Encoding.UTF8.GetBytes(value, bytes.AsSpan(length));
            hash.AppendData(bytes.AsSpan(0, length));
            Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
            hash.GetHashAndReset(digest);
            return Convert.ToHexStringLower(digest[..16]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
            Interlocked.Exchange(ref _idle, hash)?.Dispose();
        }
    }

    private sealed record Entry(string Domain, string Value, string Pseudonym);
}
