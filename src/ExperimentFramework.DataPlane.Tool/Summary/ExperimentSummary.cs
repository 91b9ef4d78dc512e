namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What a stream holds of one experiment.</summary>
internal sealed class ExperimentSummary
{
    private const int MaxVariants = 64;
    private const int MaxVersions = 64;

    /// <summary>The largest set of subjects: 9 MiB, and 786,432 of them.</summary>
    private const int MaxSubjectSlots = 1 << 20;

    /// <summary>99 of 100 values of a normal distribution are within that many standard deviations.</summary>
    private const double NormalQuantile = 2.576;

    private readonly SampledSet _subjects;
    private readonly BoundedNames<VariantSummary> _variants;
    private readonly SortedSet<string> _versions = new(StringComparer.Ordinal);
    private string? _latestVersion;
    private int _variantCount;

    public ExperimentSummary(string name, SlotBudget budget)
    {
        Name = name;
        _subjects = new SampledSet(MaxSubjectSlots, budget);
        _variants = new BoundedNames<VariantSummary>(MaxVariants, key => new VariantSummary(key, (byte)_variantCount++));
    }

    public string Name { get; }

    /// <summary>The exposures, duplicates left out.</summary>
    public long Exposures { get; private set; }

    /// <summary>Those of them whose subject is unknown.</summary>
    public long ExposuresWithoutSubject { get; private set; }

    /// <summary>The outcomes, duplicates left out.</summary>
    public long Outcomes { get; private set; }

    /// <summary>The times of exposures and outcomes.</summary>
    public TimeRange Times;

    /// <summary>The times of exposures.</summary>
    public TimeRange ExposureTimes;

    /// <summary>The different subjects that were exposed: each id counts once, of whatever type and tenant.</summary>
    public long Subjects => _subjects.Estimate;

    /// <summary>Whether there were too many subjects to count each: their number is an estimate.</summary>
    public bool IsEstimate => !_subjects.IsExact;

    /// <summary>How many subjects are held, by which their number is estimated.</summary>
    public int SampleSize => _subjects.Count;

    /// <summary>In 99 of 100 cases, their number is off by at most this share; 0 if it is exact.</summary>
    public double RelativeError => IsEstimate ? NormalQuantile / Math.Sqrt(SampleSize) : 0;

    /// <summary>The versions of the weights, up to 64.</summary>
    public IReadOnlyCollection<string> AllocationVersions => _versions;

    /// <summary>The variants by which subjects were assigned.</summary>
    public IEnumerable<VariantSummary> Variants
    {
        get
        {
            var counts = _subjects.CountByValue(MaxVariants + 1);
            foreach (var variant in _variants.All)
            {
                variant.Subjects = counts[variant.Index] * _subjects.Weight;
                yield return variant;
            }
        }
    }

    public void Add(ExposureEvent exposure, DateTimeOffset time)
    {
        Exposures++;
        Times.Add(time);
        ExposureTimes.Add(time);
        var variant = _variants[exposure.AssignedVariantKey ?? exposure.VariantKey];
        variant.Exposures++;
        variant.Fallbacks += exposure.AssignedVariantKey is null ? 0 : 1;
        if (exposure.SubjectId is { } subject)
        {
            _subjects.Add(EventHashes.OfSubject(subject), variant.Index);
        }
        else
        {
            ExposuresWithoutSubject++;
        }

        if (exposure.AllocationVersion is { } version && !ReferenceEquals(version, _latestVersion))
        {
            _latestVersion = version;
            if (_versions.Count < MaxVersions)
            {
                _versions.Add(version);
            }
        }
    }

    public void Add(OutcomeEvent outcome, DateTimeOffset time)
    {
        Outcomes++;
        Times.Add(time);
        var variant = _variants[outcome.AssignedVariantKey ?? outcome.VariantKey];
        variant.Outcomes++;
        variant.Failures += outcome.Result == OutcomeResult.Failure ? 1 : 0;
    }
}

/// <summary>What a stream holds of one variant, by assigned variant.</summary>
/// <param name="key">The key of the variant.</param>
/// <param name="index">Its number in the order of appearance.</param>
internal sealed class VariantSummary(string key, byte index)
{
    public string Key => key;

    public byte Index => index;

    /// <summary>The subjects whose first exposure to arrive was to this variant.</summary>
    public long Subjects { get; set; }

    public long Exposures { get; set; }

    /// <summary>The exposures that another variant answered.</summary>
    public long Fallbacks { get; set; }

    public long Outcomes { get; set; }

    /// <summary>The outcomes that are failures.</summary>
    public long Failures { get; set; }
}
