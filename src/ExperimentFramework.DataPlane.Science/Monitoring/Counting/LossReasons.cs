using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Counts of lost exposures by the index of their variant and the reason.</summary>
internal sealed class LossReasons
{
    /// <summary>The largest loss that is accepted from one producer for one variant, so that no sum overflows.</summary>
    public const long MaxCount = 1L << 40;

    /// <summary>The largest number of producers whose losses are kept. Beyond it, producers that have ended are merged; if none has ended, new ones are ignored.</summary>
    public const int MaxProducers = 4_096;

    /// <summary>The largest sum of the losses of all producers.</summary>
    public const long MaxSum = MaxCount * MaxProducers;

    /// <summary>Any further reasons are counted together, under <see cref="ExposureTallies.OtherReasons"/>: the pipeline has fourteen, but a stream can contain any number.</summary>
    private const int MaxRows = 32 * SubjectTable.MaxVariants;

    private readonly Dictionary<(int Variant, string Reason), long> _counts = [];

    /// <summary>The number of rows.</summary>
    public int Count => _counts.Count;

    /// <summary>The rows with a count, largest first.</summary>
    public IReadOnlyList<(int Variant, string Reason, long Count)> Rows =>
    [
        .. _counts.Where(static row => row.Value > 0).OrderByDescending(static row => row.Value).ThenBy(static row => row.Key.Variant).ThenBy(static row => row.Key.Reason, StringComparer.Ordinal)
            .Select(static row => (row.Key.Variant, row.Key.Reason, row.Value)),
    ];

    /// <summary>Adds a count, up to a total of <see cref="MaxSum"/>.</summary>
    public void Add(int variant, string? reason, long count)
    {
        if (count != 0)
        {
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, KeyOf(variant, reason), out _);
            sum = Math.Min(MaxSum, sum + count);
        }
    }

    /// <summary>Adds or subtracts other counts.</summary>
    public void Add(LossReasons others, int sign)
    {
        foreach (var ((variant, reason), count) in others._counts)
        {
            Add(variant, reason, sign * count);
        }
    }

    /// <summary>Sums the counts of each variant, at most <see cref="MaxCount"/>.</summary>
    public void CopyTo(Span<long> sums)
    {
        sums.Clear();
        foreach (var ((variant, _), count) in _counts)
        {
            sums[variant] = Math.Min(MaxCount, sums[variant] + count);
        }
    }

    /// <summary>Removes all counts.</summary>
    public void Clear() => _counts.Clear();

    /// <summary>Writes the counts.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(_counts.Count);
        foreach (var ((variant, reason), count) in _counts)
        {
            writer.Write((byte)variant);
            writer.Write(reason);
            writer.Write(count);
        }
    }

    /// <summary>Reads the data written by <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public void Read(BinaryReader reader)
    {
        // The sum of two full tables can have one more row for each variant.
        for (var left = OutcomeFormat.Range(reader.ReadInt32(), 0, MaxRows + SubjectTable.MaxVariants); left > 0; left--)
        {
            var variant = OutcomeFormat.Range(reader.ReadByte(), 0, SubjectTable.MaxVariants - 1);
            Add(variant, reader.ReadString(), OutcomeFormat.ReadCount(reader));
        }
    }

    private (int Variant, string Reason) KeyOf(int variant, string? reason)
    {
        var key = (variant, reason is null ? ExposureTallies.OtherReasons : BoundedName.Of(reason));
        return _counts.Count < MaxRows || _counts.ContainsKey(key) ? key : (variant, ExposureTallies.OtherReasons);
    }
}
