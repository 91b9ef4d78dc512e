namespace ExperimentFramework.DataPlane.Science;

/// <summary>Tallies of the exposures of one experiment as they arrive, before subjects are counted: why exposures were excluded, and which variant served them.</summary>
internal sealed class ExposureTallies
{
    /// <summary>Exclusions for any further reasons are counted together, under <see cref="OtherReasons"/>.</summary>
    private const int MaxReasons = 32;

    /// <summary>Exposures with any further sampling rates are counted together: an experiment has few rates, but a stream can contain any number.</summary>
    private const int MaxRates = 32;

    public const string OtherReasons = "other";

    /// <summary>The reason for excluding exposures of variants beyond the first 64.</summary>
    public const string TooManyVariants = "too-many-variants";

    private readonly BoundedCounts<string> _excluded = new(MaxReasons);
    private readonly BoundedCounts<string> _reasons = new(MaxReasons);
    private readonly BoundedCounts<double> _rates = new(MaxRates);

    /// <summary>All exposures.</summary>
    public long Exposures { get; set; }

    /// <summary>The exposures whose subject is known.</summary>
    public long WithSubject { get; set; }

    /// <summary>The exposures that have a version of the weights.</summary>
    public long WithVersion { get; set; }

    /// <summary>The repeats that their process recognised.</summary>
    public long Repeats { get; set; }

    /// <summary>The exposures of each assigned variant that were served by another variant.</summary>
    public long[] Fallbacks { get; } = new long[SubjectTable.MaxVariants];

    /// <summary>The exposures of each assigned variant.</summary>
    public long[] ByVariant { get; } = new long[SubjectTable.MaxVariants];

    /// <summary>The exposures that do not count a subject, by reason.</summary>
    public IReadOnlyDictionary<string, long> Excluded => _excluded.ToDictionary();

    /// <summary>The exposures by reason of selection.</summary>
    public IReadOnlyDictionary<string, long> Reasons => _reasons.ToDictionary();

    /// <summary>The exposures by sampling rate.</summary>
    public IReadOnlyDictionary<double, long> Rates => _rates.ToDictionary();

    /// <summary>The exposures whose sampling rate is not among <see cref="Rates"/>.</summary>
    public long OtherRates => Exposures - _rates.Total;

    /// <summary>When the latest exposure happened, by its own clock.</summary>
    public DateTimeOffset LastExposure { get; set; }

    /// <summary>Counts an exposure, and decides whether it can count a subject.</summary>
    /// <param name="exposure">The exposure.</param>
    /// <param name="variants">The variants of the experiment.</param>
    /// <returns>The index of its variant; -1 if it does not count a subject, in which case the reason has been recorded.</returns>
    public int Add(ExposureEvent exposure, VariantList variants)
    {
        Exposures++;
        Repeats += exposure.IsRepeatExposure ? 1 : 0;
        LastExposure = exposure.Timestamp > LastExposure ? exposure.Timestamp : LastExposure;
        AddReason(exposure.SelectionReason);
        AddRate(exposure.SamplingRate);
        var variant = variants.IndexOf(exposure.AssignedVariantKey ?? exposure.VariantKey);
        if (variant >= 0)
        {
            ByVariant[variant]++;
            Fallbacks[variant] += exposure.AssignedVariantKey is null ? 0 : 1;
        }

        WithSubject += exposure.SubjectId is null ? 0 : 1;
        WithVersion += exposure.AllocationVersion is null ? 0 : 1;
        if (exposure.SubjectId is null)
        {
            Exclude(SelectionReasons.NoSubject);
            return -1;
        }

        if (exposure.AllocationVersion is null)
        {
            Exclude(exposure.SelectionReason);
            return -1;
        }

        if (variant < 0)
        {
            Exclude(TooManyVariants);
        }

        return variant;
    }

    /// <summary>Counts an exposure that does not count a subject.</summary>
    public void Exclude(string? reason, long count = 1) => Add(_excluded, reason, count);

    /// <summary>Counts a reason of selection.</summary>
    public void AddReason(string? reason, long count = 1) => Add(_reasons, reason, count);

    /// <summary>Counts a sampling rate; one outside 0 to 1 is counted with the others.</summary>
    public void AddRate(double rate, long count = 1)
    {
        if (rate is >= 0 and <= 1)
        {
            _rates.TryAdd(rate, count);
        }
    }

    private static void Add(BoundedCounts<string> counts, string? reason, long count)
    {
        var key = reason is null ? OtherReasons : BoundedName.Of(reason);
        if (!counts.TryAdd(key, count))
        {
            counts.Add(OtherReasons, count);
        }
    }
}
