namespace ExperimentFramework.DataPlane.Science;

/// <summary>Counts of subjects by version of the weights and by variant.</summary>
internal sealed class VersionedCounts
{
    private readonly long[]?[] _rows = new long[]?[SubjectTable.MaxVersions];

    /// <summary>ln E of the versions whose counts were dropped.</summary>
    public double RetiredLogEValue { get; set; }

    /// <summary>The counts of a version, by the index of the variant; variants without subjects may be missing at the end.</summary>
    public ReadOnlySpan<long> this[int version] => _rows[version];

    /// <summary>Counts subjects.</summary>
    public void Increment(int version, int variant, long subjects = 1)
    {
        ref var row = ref _rows[version];
        if (row is null || row.Length <= variant)
        {
            Array.Resize(ref row, Math.Min(SubjectTable.MaxVariants, Math.Max(4, (variant + 1) * 2)));
        }

        row[variant] += subjects;
    }

    /// <summary>Sets the counts of a version.</summary>
    public void Set(int version, long[]? counts) => _rows[version] = counts;

    /// <summary>Removes the counts of all variants of a version except the given ones.</summary>
    /// <returns>The number of subjects removed.</returns>
    public long KeepOnly(int version, ReadOnlySpan<int> variants)
    {
        var forgotten = 0L;
        var row = _rows[version].AsSpan();
        for (var variant = 0; variant < row.Length; variant++)
        {
            if (row[variant] > 0 && !variants.Contains(variant))
            {
                forgotten += row[variant];
                row[variant] = 0;
            }
        }

        return forgotten;
    }

    /// <summary>Copies the current counts, without the evidence of retired versions.</summary>
    public VersionedCounts Copy()
    {
        var copy = new VersionedCounts();
        for (var version = 0; version < _rows.Length; version++)
        {
            copy._rows[version] = (long[]?)_rows[version]?.Clone();
        }

        return copy;
    }

    /// <summary>Adds other counts.</summary>
    public void Add(VersionedCounts other)
    {
        RetiredLogEValue += other.RetiredLogEValue;
        for (var version = 0; version < _rows.Length; version++)
        {
            var row = other._rows[version].AsSpan();
            if (row.Length > _rows[version].AsSpan().Length)
            {
                Array.Resize(ref _rows[version], row.Length);
            }

            for (var variant = 0; variant < row.Length; variant++)
            {
                _rows[version]![variant] += row[variant];
            }
        }
    }

    /// <summary>The number of subjects of all versions and variants.</summary>
    public long Total()
    {
        var total = 0L;
        foreach (var row in _rows)
        {
            foreach (var count in row.AsSpan())
            {
                total += count;
            }
        }

        return total;
    }
}
