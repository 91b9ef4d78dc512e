namespace ExperimentFramework.DataPlane.Science;

/// <summary>The plan of one experiment: the current one, and the one at the first exposure. Not thread-safe.</summary>
internal sealed class PlanRecord
{
    /// <summary>The settings that say what a planned look compares.</summary>
    private static readonly string[] Compared =
    [
        PlanSettings.Control, PlanSettings.Sides, PlanSettings.Metric, PlanSettings.Source, PlanSettings.Window, PlanSettings.Aggregation, PlanSettings.Cap, PlanSettings.Scale, PlanSettings.Estimator,
    ];

    private (AnalysisPlan Plan, object Weights, PlannedSample? Sample)? _sample;

    /// <summary>The current plan; null if there is none.</summary>
    public AnalysisPlan? Plan { get; private set; }

    /// <summary>The settings of the current plan; empty if there is none.</summary>
    public SortedDictionary<string, string> Settings { get; private set; } = [];

    /// <summary>The hash of the current plan; null if there is none.</summary>
    public string? Hash { get; private set; }

    /// <summary>Identifies what the planned looks of the current plan compare: the primary metric with its definition and estimator, the control and the sides. Empty if there is no plan.</summary>
    public string ComparisonId { get; private set; } = string.Empty;

    /// <summary>Whether the first plan compared the same: the one at the first exposure. Before the first exposure, every plan is the first.</summary>
    public bool IsComparedSinceFirst => !HasBegunWithoutPlan && (FirstSettings is null || ComparisonIdOf(FirstSettings) == ComparisonId);

    /// <summary>Whether the plan was passed to the monitor, so that plans in the stream are ignored.</summary>
    public bool IsGiven { get; private set; }

    /// <summary>When the current plan was declared in the stream; null if it was passed to the monitor.</summary>
    public DateTimeOffset? DeclaredAt { get; set; }

    /// <summary>When the latest unreadable plan in the stream was declared; null if the current plan is newer, or if there was none.</summary>
    public DateTimeOffset? UnreadableSince { get; set; }

    /// <summary>Whether there was no plan at the first exposure, and none has been added since.</summary>
    public bool HasBegunWithoutPlan { get; set; }

    /// <summary>Whether the removal of the plan at the first exposure was signaled.</summary>
    public bool IsRemovalReported { get; set; }

    /// <summary>The hash of the latest plan that was published; null if none was.</summary>
    public string? PublishedHash { get; set; }

    /// <summary>The settings at the first exposure; null before it.</summary>
    public SortedDictionary<string, string>? FirstSettings { get; private set; }

    /// <summary>The hash at the first exposure; null before it.</summary>
    public string? FirstHash { get; private set; }

    /// <summary>The hash of the latest plan whose changes were reported; null if none were.</summary>
    public string? ReportedHash { get; set; }

    /// <summary>N*, the number of subjects for which confidence sequences are tuned. Fixed at the first exposure at which it can be computed; null before.</summary>
    public long? TuningSubjects { get; set; }

    /// <summary>Sets a valid plan as the current plan.</summary>
    public void Use(AnalysisPlan plan, bool isGiven)
    {
        Plan = plan;
        Settings = plan.ToSettings();
        Hash = PlanSettings.HashOf(Settings);
        ComparisonId = ComparisonIdOf(Settings);
        IsGiven = isGiven;
    }

    /// <summary>Records the settings at the first exposure.</summary>
    public void Begin(SortedDictionary<string, string> settings)
    {
        FirstSettings = settings;
        FirstHash = PlanSettings.HashOf(settings);
        HasBegunWithoutPlan = false;
    }

    /// <summary>Clears the settings at the first exposure. The next exposure is the first one again.</summary>
    public void StartOver()
    {
        FirstSettings = null;
        FirstHash = null;
        ReportedHash = null;
        HasBegunWithoutPlan = false;
        IsRemovalReported = false;
        TuningSubjects = null;
    }

    /// <summary>The planned sample for a split, computed once for each split.</summary>
    /// <param name="key">Identifies the split.</param>
    /// <param name="weights">Reads its weights by variant.</param>
    /// <returns>The sample; null if it cannot be computed.</returns>
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

    private static string ComparisonIdOf(SortedDictionary<string, string> settings) => string.Join('\n', Compared.Select(setting => settings.GetValueOrDefault(setting)));
}
