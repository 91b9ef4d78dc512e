namespace ExperimentFramework.DataPlane.Science;

/// <summary>The exposures of one experiment as they arrive, before subjects are counted: what they were left out for, and who answered.</summary>
internal sealed class ExposureTallies
{
    /// <summary>Exclusions for further reasons are counted together, under <see cref="OtherReasons"/>.</summary>
    private const int MaxReasons = 32;

    /// <summary>Further sampling rates are not counted: an experiment has few, but a stream may name any number.</summary>
    private const int MaxRates = 32;

    public const string OtherReasons = "other";

    private readonly Dictionary<string, long> _excluded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _reasons = new(StringComparer.Ordinal);

    private readonly Dictionary<double, long> _rates = [];

    /// <summary>All exposures.</summary>
    public long Exposures { get; set; }

    /// <summary>The exposures whose subject is known.</summary>
    public long WithSubject { get; set; }

    /// <summary>The exposures that have a version of the weights.</summary>
    public long WithVersion { get; set; }

    /// <summary>The repeats that their process recognised.</summary>
    public long Repeats { get; set; }

    /// <summary>The exposures of each assigned variant that another one answered.</summary>
    public long[] Fallbacks { get; } = new long[SubjectTable.MaxVariants];

    /// <summary>The exposures of each assigned variant.</summary>
    public long[] ByVariant { get; } = new long[SubjectTable.MaxVariants];

    /// <summary>The exposures that count no subject, by reason.</summary>
    public IReadOnlyDictionary<string, long> Excluded => _excluded;

    /// <summary>The exposures by reason of selection.</summary>
    public IReadOnlyDictionary<string, long> Reasons => _reasons;

    /// <summary>The exposures by the sampling rate that they name.</summary>
    public IReadOnlyDictionary<double, long> Rates => _rates;

    /// <summary>When the latest exposure happened, by its own clock.</summary>
    public DateTimeOffset LastExposure { get; set; }

    /// <summary>Counts an exposure that counts no subject.</summary>
    public void Exclude(string? reason, long count = 1) => Add(_excluded, reason, count);

    /// <summary>Counts a reason of selection.</summary>
    public void AddReason(string? reason, long count = 1) => Add(_reasons, reason, count);

    /// <summary>Counts a sampling rate.</summary>
    public void AddRate(double rate, long count = 1)
    {
        if (rate is >= 0 and <= 1 && (_rates.Count < MaxRates || _rates.ContainsKey(rate)))
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_rates, rate, out _) += count;
        }
    }

    private static void Add(Dictionary<string, long> counts, string? reason, long count)
    {
        var key = reason is null ? OtherReasons : BoundedName.Of(reason);
        key = counts.Count < MaxReasons || counts.ContainsKey(key) ? key : OtherReasons;
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) += count;
    }
}
