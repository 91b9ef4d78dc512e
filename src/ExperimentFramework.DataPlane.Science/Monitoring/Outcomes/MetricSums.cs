namespace ExperimentFramework.DataPlane.Science;

/// <summary>The values of a metric by version of the weights and by variant: count, mean, squared deviations, and the number of those that are not 0, which for conversions is all there is to know.</summary>
/// <param name="isConversion">Whether each value is 0 or 1. Such values are counted exactly.</param>
internal sealed class MetricSums(bool isConversion)
{
    private readonly ArmSum[]?[] _rows = new ArmSum[]?[SubjectQueue.MaxIndex];

    /// <summary>Whether each value is 0 or 1.</summary>
    public bool IsConversion => isConversion;

    /// <summary>The number of values.</summary>
    public long Count => _rows.Sum(static row => row?.Sum(static arm => arm.Count) ?? 0);

    /// <summary>The values of a variant under a version.</summary>
    public MeanAccumulator this[int version, int variant]
    {
        get
        {
            var arm = ArmOf(version, variant);
            return isConversion ? MeanAccumulator.OfConversions(arm.Count, arm.NonZero) : new MeanAccumulator(arm.Count, arm.Mean, arm.M2);
        }
    }

    /// <summary>The number of values of a variant under a version.</summary>
    public long CountOf(int version, int variant) => ArmOf(version, variant).Count;

    /// <summary>The number of values of a variant under a version that are not 0: of a conversion, the converted subjects.</summary>
    public long NonZeroOf(int version, int variant) => ArmOf(version, variant).NonZero;

    /// <summary>Adds the value of a subject.</summary>
    public void Add(int version, int variant, double value)
    {
        ref var row = ref _rows[version];
        if (row is null || row.Length <= variant)
        {
            Array.Resize(ref row, Math.Min(SubjectQueue.MaxIndex, Math.Max(4, (variant + 1) * 2)));
        }

        ref var arm = ref row[variant];
        var nonZero = arm.NonZero + (value == 0 ? 0 : 1);
        if (isConversion)
        {
            arm = new ArmSum(arm.Count + 1, 0, 0, nonZero);
        }
        else
        {
            var (count, mean, m2) = new MeanAccumulator(arm.Count, arm.Mean, arm.M2).Add(value);
            arm = new ArmSum((long)count, mean, m2, nonZero);
        }
    }

    /// <summary>Removes the values of a version. Its index is reused for another version.</summary>
    public void RetireVersion(int version) => _rows[version] = null;

    /// <summary>Writes the values.</summary>
    public void Write(BinaryWriter writer)
    {
        foreach (var row in _rows)
        {
            writer.Write((byte)(row?.Length ?? 0));
            foreach (var (count, mean, m2, nonZero) in row.AsSpan())
            {
                writer.Write(count);
                writer.Write(mean);
                writer.Write(m2);
                writer.Write(nonZero);
            }
        }
    }

    /// <summary>Reads the data written by <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public void Read(BinaryReader reader)
    {
        for (var version = 0; version < _rows.Length; version++)
        {
            var row = new ArmSum[OutcomeFormat.Range(reader.ReadByte(), 0, SubjectQueue.MaxIndex)];
            for (var variant = 0; variant < row.Length; variant++)
            {
                var arm = new ArmSum(OutcomeFormat.ReadCount(reader), OutcomeFormat.ReadFinite(reader), OutcomeFormat.ReadFinite(reader), OutcomeFormat.ReadCount(reader));
                row[variant] = arm.M2 >= 0 && arm.NonZero <= arm.Count ? arm : throw new FormatException("The sums of a metric are impossible.");
            }

            _rows[version] = row.Length == 0 ? null : row;
        }
    }

    private ArmSum ArmOf(int version, int variant) => _rows[version] is { } row && variant < row.Length ? row[variant] : default;

    private readonly record struct ArmSum(long Count, double Mean, double M2, long NonZero);
}
