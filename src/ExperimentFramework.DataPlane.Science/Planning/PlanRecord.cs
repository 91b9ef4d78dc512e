namespace ExperimentFramework.DataPlane.Science;

/// <summary>The plan of one experiment: as it is now, and as it was at the first exposure. Not thread-safe.</summary>
internal sealed class PlanRecord
{
    private (AnalysisPlan Plan, object Weights, PlannedSample? Sample)? _sample;

    /// <summary>The plan in force; null if there is none.</summary>
    public AnalysisPlan? Plan { get; private set; }

    /// <summary>The settings of the plan in force; empty if there is none.</summary>
    public SortedDictionary<string, string> Settings { get; private set; } = [];

    /// <summary>The hash of the plan in force; null if there is none.</summary>
    public string? Hash { get; private set; }

    /// <summary>Whether the plan was given to the monitor, so that it does not follow the plans in the stream.</summary>
    public bool IsGiven { get; private set; }

    /// <summary>When the plan that is followed was declared; null if it was given.</summary>
    public DateTimeOffset? DeclaredAt { get; set; }

    /// <summary>When the latest plan of the stream that this version cannot read was declared; null if the plan in force is newer, or if there was none.</summary>
    public DateTimeOffset? UnreadableSince { get; set; }

    /// <summary>Whether there was no plan at the first exposure, and none was given since.</summary>
    public bool HasBegunWithoutPlan { get; set; }

    /// <summary>Whether it was said that the plan of the first exposure was removed.</summary>
    public bool IsRemovalReported { get; set; }

    /// <summary>The hash that was published last; null if none was.</summary>
    public string? PublishedHash { get; set; }

    /// <summary>The settings at the first exposure; null before it.</summary>
    public SortedDictionary<string, string>? FirstSettings { get; private set; }

    /// <summary>The hash at the first exposure; null before it.</summary>
    public string? FirstHash { get; private set; }

    /// <summary>The hash whose changes were reported last; null if none were.</summary>
    public string? ReportedHash { get; set; }

    /// <summary>N*, the subjects that confidence sequences are tuned for, fixed at the first exposure for which it can be known; null before.</summary>
    public long? TuningSubjects { get; set; }

    /// <summary>Puts a plan in force that is valid.</summary>
    public void Use(AnalysisPlan plan, bool isGiven)
    {
        Plan = plan;
        Settings = plan.ToSettings();
        Hash = PlanSettings.HashOf(Settings);
        IsGiven = isGiven;
    }

    /// <summary>Keeps what is planned at the first exposure.</summary>
    public void Begin(SortedDictionary<string, string> settings)
    {
        FirstSettings = settings;
        FirstHash = PlanSettings.HashOf(settings);
        HasBegunWithoutPlan = false;
    }

    /// <summary>Forgets what was planned at the first exposure: what comes next is a first exposure again.</summary>
    public void StartOver()
    {
        FirstSettings = null;
        FirstHash = null;
        ReportedHash = null;
        HasBegunWithoutPlan = false;
        IsRemovalReported = false;
        TuningSubjects = null;
    }

    /// <summary>The planned sample at a split, computed once for each.</summary>
    /// <param name="key">What identifies the split.</param>
    /// <param name="weights">Reads its weights by variant.</param>
    /// <returns>The sample; null if it cannot be known.</returns>
    public PlannedSample? SampleAt(object key, Func<IReadOnlyDictionary<string, double>> weights)
    {
        if (Plan is not { } plan)
        {
            return null;
        }

        if (_sample is not { } known || !ReferenceEquals(known.Plan, plan) || !ReferenceEquals(known.Weights, key))
        {
            _sample = known = (plan, key, PlannedSample.Compute(plan, weights()));
        }

        return known.Sample;
    }
}
