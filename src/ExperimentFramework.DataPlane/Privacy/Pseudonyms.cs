using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Computes pseudonyms with one key: HMAC-SHA-256 (RFC 2104, FIPS 180-4) over <c>domain:value</c> in UTF-8, truncated to its first 128 bits (RFC 2104,
/// section 5), as 32 lower-case hexadecimal digits.
/// </summary>
/// <remarks>
/// The domain distinguishes a subject and a tenant with the same id, or two attributes with the same value. Experiment, subject type and tenant are not part
/// of it: pseudonyms are equal exactly if the ids are, so that everything joins as it would with the ids. With 128 bits, the probability of a collision among
/// 10^12 subjects is about 10^-15. The latest pseudonyms are cached, because computing one costs as much as the rest of an event.
/// </remarks>
internal sealed class Pseudonyms(PseudonymKey key) : IDisposable
{
    /// <summary>The name of the metadata entry that contains the key's id.</summary>
    public const string KeyIdName = "pseudonymKeyId";

    /// <summary>A power of two; takes about 4 MB with ids of 40 characters.</summary>
    private const int CacheSize = 1 << 14;

    private readonly Entry?[] _cache = new Entry?[CacheSize];
    private IncrementalHash? _idle;

    public PseudonymKey Key { get; } = key;

    /// <summary>The metadata of events that have no other metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string> { [KeyIdName] = key.Id }.AsReadOnly();

    /// <summary>Whether these pseudonyms use the specified key: a provider may return the same key in a new object each time.</summary>
    public bool IsOf(PseudonymKey key) =>
        ReferenceEquals(key, Key) || (key.Id == Key.Id && CryptographicOperations.FixedTimeEquals(key.Bytes, Key.Bytes));

    /// <summary>Returns the pseudonym of a value.</summary>
    /// <param name="domain"><c>subject</c>, <c>tenant</c> or <c>field/name</c>.</param>
    /// <param name="value">The value.</param>
    public string Of(string domain, string value)
    {
        ref var slot = ref _cache[HashCode.Combine(domain, value) & (CacheSize - 1)];
        var entry = Volatile.Read(ref slot);
        if (entry is not null && entry.Value == value && entry.Domain == domain)
        {
            return entry.Pseudonym;
        }

        var pseudonym = Compute(domain, value);
        Volatile.Write(ref slot, new Entry(domain, value, pseudonym));
        return pseudonym;
    }

    public void Dispose() => Interlocked.Exchange(ref _idle, null)?.Dispose();

    private string Compute(string domain, string value)
    {
        // Reused, because creating one costs more than using it; a thread that finds none creates another.
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
