namespace ExperimentFramework.DataPlane.Science;

/// <summary>The values of control and of one other variant, under each version of the weights that splits subjects between the two.</summary>
internal sealed class ArmStrata
{
    private readonly List<Arms<MeanAccumulator>> _means = [];
    private readonly List<ConversionStratum> _conversions = [];

    private ArmStrata()
    {
    }

    /// <summary>The means, by version.</summary>
    public IReadOnlyList<Arms<MeanAccumulator>> Means => _means;

    /// <summary>The conversions, by version. Of other metrics, the values that are not 0.</summary>
    public IReadOnlyList<ConversionStratum> Conversions => _conversions;

    /// <summary>Whether every version splits subjects evenly between the two.</summary>
    public bool IsEven { get; private set; } = true;

    /// <summary>The number of subjects in control.</summary>
    public double ControlSubjects => _means.Sum(static arms => arms.Control.Count);

    /// <summary>The number of subjects in the other variant.</summary>
    public double TreatmentSubjects => _means.Sum(static arms => arms.Treatment.Count);

    /// <summary>The number of conversions in both. Of other metrics, the number of values that are not 0.</summary>
    public long TotalConversions => _conversions.Sum(static stratum => stratum.Control + stratum.Treatment);

    /// <summary>Whether the means of any version can be compared, because each variant has at least two values.</summary>
    public bool HasMeans => Comparable.Any();

    /// <summary>Whether the values within a variant differ enough for the difference of the means to have a standard error above 0.</summary>
    public bool HasVariance
    {
        get
        {
            double size = 0, variance = 0;
            foreach (var (control, treatment) in Comparable)
            {
                size += StratumWeight.Of(control.Count, treatment.Count);
            }

            foreach (var (control, treatment) in Comparable)
            {
                var weight = StratumWeight.Of(control.Count, treatment.Count) / size;
                variance += weight * weight * ((control.Variance / control.Count) + (treatment.Variance / treatment.Count));
            }

            return variance > 0 && double.IsFinite(variance);
        }
    }

    /// <summary>The other variant's mean minus control's mean under each version, weighted by what each version says about a difference; null if no version has subjects in both.</summary>
    public double? MeanDifference
    {
        get
        {
            double size = 0, difference = 0;
            foreach (var (control, treatment) in _means.Where(static arms => arms.Control.Count > 0 && arms.Treatment.Count > 0))
            {
                var weight = StratumWeight.Of(control.Count, treatment.Count);
                size += weight;
                difference += weight * (treatment.Mean - control.Mean);
            }

            return size > 0 ? difference / size : null;
        }
    }

    /// <summary>The difference of the rates for a given ratio of the rates, with the total number of conversions unchanged, weighted like <see cref="MeanDifference"/>.</summary>
    /// <param name="ratio">The ratio, from 0 to infinity.</param>
    public double DifferenceAt(double ratio)
    {
        double size = 0, difference = 0;
        for (var version = 0; version < _means.Count; version++)
        {
            var (stratum, control, treatment) = (_conversions[version], _means[version].Control.Count, _means[version].Treatment.Count);
            if (control == 0 || treatment == 0)
            {
                continue;
            }

            var weight = StratumWeight.Of(control, treatment);
            var sum = stratum.ControlWeight + stratum.TreatmentWeight;
            var (ofControl, ofTreatment) = (stratum.ControlWeight / sum, stratum.TreatmentWeight / sum);
            size += weight;
            difference += weight * ((stratum.Control + stratum.Treatment) / (control + treatment))
                * (double.IsPositiveInfinity(ratio) ? 1 / ofTreatment : (ratio - 1) / (ofControl + (ofTreatment * ratio)));
        }

        return difference / size;
    }

    private IEnumerable<Arms<MeanAccumulator>> Comparable => _means.Where(static arms => arms.Control.Count >= 2 && arms.Treatment.Count >= 2);

    /// <summary>Collects the values.</summary>
    /// <param name="run">The run, which provides the planned weights.</param>
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
                sums.NonZeroOf(version, control), sums.NonZeroOf(version, treatment), plan.Weights[ofControl], plan.Weights[ofTreatment]));
            strata.IsEven &= plan.Weights[ofControl] == plan.Weights[ofTreatment];
        }

        return strata;
    }
}
