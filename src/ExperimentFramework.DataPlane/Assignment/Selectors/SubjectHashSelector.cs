using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Selects by the weighted hash of the subject: a subject gets the same variant on every host, and a change of weights moves
/// only the subjects that the new weights assign elsewhere.
/// </summary>
/// <remarks>
/// <para>
/// Weighted rendezvous hashing (Schindelhauer and Schomaker, "Weighted Distributed Hash Tables", SPAA 2005): each variant
/// scores <c>weight / -ln(u)</c> and the highest score wins. <c>u</c> in (0, 1) is
/// <c>((mix(subject ^ variant) >> 11) + 0.5) / 2^53</c>, where <c>mix</c> is the 64-bit finalizer of MurmurHash3.
/// </para>
/// <para>
/// <c>variant</c> is XxHash3 of the variant's key; <c>subject</c> is XxHash3 over experiment name, salt and subject id, each
/// as UTF-8 behind its length in bytes as a 32-bit little-endian number.
/// </para>
/// </remarks>
internal sealed class SubjectHashSelector : IVariantSelector
{
    private const int StackBytes = 512;

    private readonly byte[] _prefix;
    private readonly ulong[] _variantHashes;
    private readonly double[] _weights;
    private readonly bool _areEqual;
    private readonly VariantSelection[] _selections;
    private readonly VariantSelection _noSubject;

    public SubjectHashSelector(string experimentName, string? salt, IReadOnlyList<(string Key, double Weight)> variants)
    {
        _prefix = [.. LengthPrefixed(experimentName), .. LengthPrefixed(salt ?? "")];
        _variantHashes = variants.Select(variant => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(variant.Key))).ToArray();
        // Only ratios matter, and relative to the largest weight no score can overflow.
        var largest = variants.Max(variant => variant.Weight);
        _weights = variants.Select(variant => variant.Weight / largest).ToArray();
        _areEqual = Array.TrueForAll(_weights, weight => weight == 1);
        var version = AllocationVersion(salt, variants);
        var weights = variants.ToDictionary(variant => variant.Key, variant => variant.Weight);
        _selections = variants
            .Select(variant => new VariantSelection(variant.Key, SelectionReasons.HashAssignment, allocationVersion: version) { Weights = weights })
            .ToArray();
        _noSubject = new VariantSelection(variants[0].Key, SelectionReasons.NoSubject, allocationVersion: version) { Weights = weights };
    }

    public VariantSelection Select(in SelectionContext context) =>
        context.SubjectId is null ? _noSubject : _selections[IndexOf(context.SubjectId)];

    private int IndexOf(string subjectId)
    {
        var subject = HashOf(subjectId);
        return _areEqual ? IndexOfHighest(subject) : IndexOfBest(subject);
    }

    /// <summary>Selects without logarithms if all weights are equal: the score increases with the unit hash, so the highest hash wins.</summary>
    private int IndexOfHighest(ulong subject)
    {
        var winner = 0;
        var best = 0UL;
        for (var i = 0; i < _variantHashes.Length; i++)
        {
            var unit = Mix(subject ^ _variantHashes[i]) >> 11;
            if (unit > best)
            {
                best = unit;
                winner = i;
            }
        }

        return winner;
    }

    private int IndexOfBest(ulong subject)
    {
        var winner = 0;
        var best = 0.0;
        for (var i = 0; i < _weights.Length; i++)
        {
            var unit = ((Mix(subject ^ _variantHashes[i]) >> 11) + 0.5) * (1.0 / (1UL << 53));
            var score = _weights[i] / -Math.Log(unit);
            if (score > best)
            {
                best = score;
                winner = i;
            }
        }

        return winner;
    }

    /// <summary>Hashes the subject id. The buffer need not be cleared, because only bytes that were written are hashed.</summary>
    [SkipLocalsInit]
    private ulong HashOf(string subjectId)
    {
        var maxLength = _prefix.Length + sizeof(int) + Encoding.UTF8.GetMaxByteCount(subjectId.Length);
        byte[]? rented = null;
        var buffer = maxLength <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(maxLength);
        _prefix.CopyTo(buffer);
        var text = buffer[(_prefix.Length + sizeof(int))..];
        var length = Encoding.UTF8.GetBytes(subjectId, text);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[_prefix.Length..], length);
        var hash = XxHash3.HashToUInt64(buffer[..(_prefix.Length + sizeof(int) + length)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }

    /// <summary>Returns the version of a set of weights: XxHash3 over the salt and, in their order, the keys and weights, each as UTF-8 behind its length.</summary>
    internal static string AllocationVersion(string? salt, IReadOnlyList<(string Key, double Weight)> variants)
    {
        var hash = new XxHash3();
        hash.Append(LengthPrefixed(salt ?? ""));
        foreach (var (key, weight) in variants)
        {
            hash.Append(LengthPrefixed(key));
            hash.Append(LengthPrefixed(weight.ToString("R", CultureInfo.InvariantCulture)));
        }

        return hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);
    }

    private static byte[] LengthPrefixed(string text)
    {
        var bytes = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - sizeof(int));
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(sizeof(int)));
        return bytes;
    }

    private static ulong Mix(ulong value)
    {
        value ^= value >> 33;
        value *= 0xff51afd7ed558ccd;
        value ^= value >> 33;
        value *= 0xc4ceb9fe1a85ec53;
        return value ^ (value >> 33);
    }
}
