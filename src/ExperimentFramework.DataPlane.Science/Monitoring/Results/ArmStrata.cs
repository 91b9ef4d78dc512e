namespace ExperimentFramework.DataPlane.Science;

/// <summary>The values of control and of one other variant, under each version of the weights that splits subjects between the two.</summary>
internal sealed class ArmStrata
{
    private readonly List<Arms<MeanAccumulator>> _means = [];
    private readonly List<ConversionStratum> _conversions = [];
    private readonly List<int> _versions = [];

    private ArmStrata()
    {
    }

    /// <summary>The means, by version.</summary>
    public IReadOnlyList<Arms<MeanAccumulator>> Means => _means;

    /// <summary>The conversions, by version. Of other metrics, the values that are not 0.</summary>
    public IReadOnlyList<ConversionStratum> Conversions => _conversions;

    /// <summary>The indices of the versions.</summary>
    public IReadOnlyList<int> Versions => _versions;

    /// <summary>The number of subjects in control.</summary>
    public double ControlSubjects => _means.Sum(static arms => arms.Control.Count);

    /// <summary>The number of subjects in the other variant.</summary>
    public double TreatmentSubjects => _means.Sum(static arms => arms.Treatment.Count);

    /// <summary>The number of conversions in both. Of other metrics, the number of values that are not 0.</summary>
    public long TotalConversions => _conversions.Sum(static stratum => stratum.Control + stratum.Treatment);

    /// <summary>Whether the values within a variant differ enough for the difference of the means to have a standard error above 0.</summary>
    public bool HasVariance
    {
        get
        {
            var size = ControlSubjects + TreatmentSubjects;
            var variance = 0.0;
            foreach (var (control, treatment) in _means)
            {
                var weight = (control.Count + treatment.Count) / size;
                variance += weight * weight * ((control.Variance / control.Count) + (treatment.Variance / treatment.Count));
            }

            return variance > 0 && double.IsFinite(variance);
        }
    }

    /// <summary>The number of subjects in control with which one version of the same ratio would have the same standard error, if all values vary alike. Each version must have subjects in both.</summary>
    public double EffectiveControlSubjects
    {
        get
        {
            var (control, treatment) = (ControlSubjects, TreatmentSubjects);
            var variance = _means.Sum(arms => Math.Pow((arms.Control.Count + arms.Treatment.Count) / (control + treatment), 2) * ((1 / arms.Control.Count) + (1 / arms.Treatment.Count)));
            return (1 + (control / treatment)) / variance;
        }
    }

    /// <summary>The other variant's mean minus control's mean under each version, weighted by the subjects of the versions; null if no version has subjects in both.</summary>
    public double? MeanDifference
    {
        get
        {
            double size = 0, difference = 0;
            foreach (var (control, treatment) in _means.Where(static arms => arms.Control.Count > 0 && arms.Treatment.Count > 0))
            {
                size += control.Count + treatment.Count;
                difference += (control.Count + treatment.Count) * (treatment.Mean - control.Mean);
            }

            return size > 0 ? difference / size : null;
        }
    }

    /// <summary>The difference of the rates for a given ratio of the rates, with the total number of conversions unchanged, weighted by the subjects of the versions.</summary>
    /// <param name="ratio">The ratio, from 0 to infinity.</param>
    public double DifferenceAt(double ratio)
    {
        double size = 0, difference = 0;
        for (var version = 0; version < _means.Count; version++)
        {
            var (stratum, subjects) = (_conversions[version], _means[version].Control.Count + _means[version].Treatment.Count);
            var sum = stratum.ControlWeight + stratum.TreatmentWeight;
            var (ofControl, ofTreatment) = (stratum.ControlWeight / sum, stratum.TreatmentWeight / sum);
            size += subjects;
            difference += (stratum.Control + stratum.Treatment)
                * (double.IsPositiveInfinity(ratio) ? 1 / ofTreatment : (ratio - 1) / (ofControl + (ofTreatment * ratio)));
        }

        return difference / size;
    }

    /// <summary>Returns the versions that meet a condition.</summary>
    public ArmStrata Where(Func<Arms<MeanAccumulator>, ConversionStratum, bool> condition)
    {
        var strata = new ArmStrata();
        for (var version = 0; version < _means.Count; version++)
        {
            if (condition(_means[version], _conversions[version]))
            {
                strata._means.Add(_means[version]);
                strata._conversions.Add(_conversions[version]);
                strata._versions.Add(_versions[version]);
            }
        }

        return strata;
    }

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

            strata._versions.Add(version);
            strata._means.Add(new Arms<MeanAccumulator>(sums[version, control], sums[version, treatment]));
            strata._conversions.Add(new ConversionStratum(
                sums.NonZeroOf(version, control), sums.NonZeroOf(version, treatment), plan.Weights[ofControl], plan.Weights[ofTreatment]));
        }

        return strata;
    }
}
