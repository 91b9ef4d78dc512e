namespace ExperimentFramework.DataPlane.Science;

/// <summary>The values of control and of one other variant under each version of the weights that splits subjects between the two.</summary>
internal sealed class ArmStrata
{
    private readonly List<Arms<MeanAccumulator>> _means = [];
    private readonly List<ConversionStratum> _conversions = [];

    private ArmStrata()
    {
    }

    /// <summary>The means, by version.</summary>
    public IReadOnlyList<Arms<MeanAccumulator>> Means => _means;

    /// <summary>The conversions, by version.</summary>
    public IReadOnlyList<ConversionStratum> Conversions => _conversions;

    /// <summary>Whether every version splits evenly between the two.</summary>
    public bool IsEven { get; private set; } = true;

    /// <summary>Control's subjects.</summary>
    public double ControlSubjects => _means.Sum(static arms => arms.Control.Count);

    /// <summary>The other variant's subjects.</summary>
    public double TreatmentSubjects => _means.Sum(static arms => arms.Treatment.Count);

    /// <summary>The conversions of both.</summary>
    public long TotalConversions => _conversions.Sum(static stratum => stratum.Control + stratum.Treatment);

    /// <summary>Control's rate of conversions.</summary>
    public double ControlRate => _conversions.Sum(static stratum => stratum.Control) / ControlSubjects;

    /// <summary>Whether the means of a version can be compared: each variant has two values.</summary>
    public bool HasMeans => _means.Exists(static arms => arms.Control.Count >= 2 && arms.Treatment.Count >= 2);

    /// <summary>Whether any value differs from another one of its variant.</summary>
    public bool HasVariance => _means.Exists(static arms => arms.Control.Count >= 2 && arms.Treatment.Count >= 2 && arms.Control.M2 + arms.Treatment.M2 > 0);

    /// <summary>Collects the values.</summary>
    /// <param name="run">The run, which has the planned weights.</param>
    /// <param name="sums">The values of the metric.</param>
    /// <param name="control">The index of control.</param>
    /// <param name="treatment">The index of the other variant.</param>
    public static ArmStrata Of(MonitorRun run, MetricSums sums, int control, int treatment)
    {
        var strata = new ArmStrata();
        for (var version = 0; version < run.Versions.Count; version++)
        {
            if (run.PlanOf(version) is not { } plan
                || plan.Variants.IndexOf(control) is not (>= 0 and var ofControl)
                || plan.Variants.IndexOf(treatment) is not (>= 0 and var ofTreatment))
            {
                continue;
            }

            strata._means.Add(new Arms<MeanAccumulator>(sums[version, control], sums[version, treatment]));
            strata._conversions.Add(new ConversionStratum(
                sums.ConversionsOf(version, control), sums.ConversionsOf(version, treatment), plan.Weights[ofControl], plan.Weights[ofTreatment]));
            strata.IsEven &= plan.Weights[ofControl] == plan.Weights[ofTreatment];
        }

        return strata;
    }
}
