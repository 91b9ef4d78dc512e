namespace ExperimentFramework.DataPlane.Science;

/// <summary>The current comparison of one variant with control on one metric.</summary>
/// <param name="State">Whether the values allow it to be shown.</param>
/// <param name="Missing">What is missing; null if it can be shown.</param>
/// <param name="Versions">The number of versions of the weights that were included.</param>
/// <param name="LogPValue">ln p of this look alone.</param>
/// <param name="Means">The read-out of the means on the metric's scale; null for the exact ratio.</param>
/// <param name="Difference">The difference.</param>
/// <param name="Lift">The difference as a share of control's mean, computed from the planned weights for the exact ratio; null if it is infinite.</param>
internal sealed record Comparison(
    ReadOutState State, string? Missing, int Versions = 0, double LogPValue = 0, ReadOut? Means = null, EffectInterval? Difference = null, EffectInterval? Lift = null)
{
    /// <summary>Whether the variant is higher than control. The lift has the sign of the tested effect, and is missing only if control's mean is 0.</summary>
    public bool IsHigher => ((Lift ?? Difference)?.Estimate ?? 0) > 0;

    /// <summary>Compares a variant with control.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="strata">Its values.</param>
    /// <param name="terms">The plan's settings for the comparison.</param>
    public static Comparison Of(CollectedMetric metric, ArmStrata strata, ComparisonTerms terms)
    {
        if (strata.Means.Count == 0)
        {
            return new Comparison(ReadOutState.NotComparable, "No declared version of the weights splits subjects between this variant and control.");
        }

        if (strata.ControlSubjects == 0 || strata.TreatmentSubjects == 0)
        {
            return new Comparison(ReadOutState.Gathering, "No subject's window has closed in control or in this variant.");
        }

        return metric.Plan.ComparesByRatio
            ? OfRatio(strata, terms)
            : OfMeans(metric, strata, terms);
    }

    /// <summary>Selects the versions that the comparison includes: all for the exact ratio; for a difference of means, those that have enough subjects by themselves.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="strata">Its values.</param>
    public static ArmStrata Included(CollectedMetric metric, ArmStrata strata) => metric.Plan.ComparesByRatio
        ? strata
        : strata.Where((arms, stratum) => Lack(metric, arms, stratum) is null);

    private static Comparison OfRatio(ArmStrata strata, ComparisonTerms terms)
    {
        if (strata.TotalConversions == 0)
        {
            return new Comparison(ReadOutState.Gathering, "Neither control nor this variant has a conversion.");
        }

        // If only an increase counts, the ratio must be above 1: then the interval excludes no effect and any decrease.
        var result = ConversionRatio.Evaluate(strata.Conversions, terms.Alpha);
        var isOneSided = terms.Sides == 1;
        var lift = Bounded(result.Ratio) is { } ratio ? new EffectInterval(ratio - 1, Bounded(result.Lower) - 1, isOneSided ? null : Bounded(result.Upper) - 1) : null;
        return new Comparison(
            ReadOutState.Shown,
            null,
            strata.Conversions.Count,
            isOneSided && result.Ratio <= 1 ? 0 : result.LogPValue,
            Difference: strata.MeanDifference is { } difference ? new EffectInterval(difference, null, null) : null,
            Lift: lift);

        static double? Bounded(double value) => double.IsFinite(value) ? value : null;
    }

    /// <summary>
    /// Compares the means of the versions that have enough subjects by themselves. Enough of them over all versions would not do: before a ramp, a small arm without a conversion would count as if its rate were known to be 0.
    /// </summary>
    private static Comparison OfMeans(CollectedMetric metric, ArmStrata strata, ComparisonTerms terms)
    {
        var sufficient = Included(metric, strata);
        if (sufficient.Means.Count == 0)
        {
            var largest = strata.Means.Select((arms, version) => (Arms: arms, Stratum: strata.Conversions[version])).MaxBy(static version => Math.Min(version.Arms.Control.Count, version.Arms.Treatment.Count));
            return new Comparison(
                ReadOutState.Gathering,
                Lack(metric, largest.Arms, largest.Stratum) + (strata.Means.Count > 1 ? " Versions of the weights are compared within themselves; this is the one whose smaller variant has the most subjects." : ""));
        }

        return sufficient.HasVariance ? OfSufficient(metric, sufficient, terms) : new Comparison(ReadOutState.Gathering, "All subjects of a variant have the same value.");
    }

    /// <summary>Describes what a version lacks for a comparison of its means; null if it has enough subjects. Exchanging the outcomes of the two variants does not change the answer.</summary>
    private static string? Lack(CollectedMetric metric, in Arms<MeanAccumulator> arms, in ConversionStratum stratum)
    {
        double control = arms.Control.Count, treatment = arms.Treatment.Count;
        if (metric.Sums.IsConversion)
        {
            var expected = ReadOutGuard.SmallestExpectedCount(control, stratum.Control, treatment, stratum.Treatment);
            return expected >= ReadOutGuard.SmallestExpectedConversions ? null : FormattableString.Invariant(
                $"The smaller variant is expected to have {expected:F1} subjects with or without a conversion; it needs {ReadOutGuard.SmallestExpectedConversions}.");
        }

        var isEven = stratum.ControlWeight == stratum.TreatmentWeight;
        if (!ReadOutGuard.HasEnoughForMeans(control, treatment, isEven))
        {
            var needed = isEven ? ReadOutGuard.SubjectsPerArmAtEvenSplit : ReadOutGuard.SubjectsPerArm;
            return FormattableString.Invariant($"The smaller variant has {Math.Min(control, treatment)} mature subjects; it needs {needed}.");
        }

        if (isEven || metric.Plan.Definition.Scale != MetricScale.Linear)
        {
            return null;
        }

        if (metric.Plan.Definition.Cap is null)
        {
            return "At an uneven split, a mean needs a cap or the logarithmic scale, because its interval is too narrow for heavy tails.";
        }

        var other = ReadOutGuard.SmallestExpectedNonZero(control, stratum.Control, treatment, stratum.Treatment);
        return other >= ReadOutGuard.SmallestExpectedConversions ? null : FormattableString.Invariant(
            $"The smaller variant is expected to have {other:F1} subjects with a value other than 0; at an uneven split it needs {ReadOutGuard.SmallestExpectedConversions}.");
    }

    private static Comparison OfSufficient(CollectedMetric metric, ArmStrata strata, ComparisonTerms terms)
    {
        var (readOut, used) = MeanDifference.Evaluate(strata.Means, terms.Alpha, terms.TuningSubjects);
        var size = readOut.Sequence.InformationRatio / readOut.Sequence.RhoSquared;
        var (lower, upper, logPValue) = terms.Sides == 1
            ? OneSided(readOut, size, terms)
            : (readOut.Sequence.Lower, (double?)readOut.Sequence.Upper, readOut.Sequence.LogPValue);
        EffectInterval difference, lift;
        if (metric.Plan.Definition.Scale == MetricScale.Logarithmic)
        {
            lift = new EffectInterval(Math.Exp(readOut.Estimate) - 1, Math.Exp(lower) - 1, upper is { } end ? Math.Exp(end) - 1 : null);
            var control = strata.Means.Aggregate(default(MeanAccumulator), static (all, arms) => all.Merge(arms.Control));
            difference = new EffectInterval(Math.Exp(control.Mean) * lift.Estimate, null, null);
            return Shown(difference, lift);
        }

        difference = new EffectInterval(readOut.Estimate, lower, upper);
        return Shown(difference, readOut.Relative is not { } relative ? null : new EffectInterval(relative.Estimate, Scaled(relative, lower), upper is { } top ? Scaled(relative, top) : null));

        // The relative interval has the same width in standard errors as the absolute one.
        double Scaled(RelativeEffect relative, double bound) =>
            relative.Estimate + ((bound - readOut.Estimate) / readOut.Sequence.HalfWidth * (relative.Upper - relative.Estimate));

        Comparison Shown(EffectInterval absolute, EffectInterval? relative) => new(ReadOutState.Shown, null, used, logPValue, readOut, absolute, relative);
    }

    /// <summary>The bound, and the p-value against an effect of 0 or less: the error rate at which the bound is 0.</summary>
    private static (double Lower, double? Upper, double LogPValue) OneSided(ReadOut readOut, double size, ComparisonTerms terms)
    {
        var (rho, half) = AsymptoticConfidenceSequence.OneSided(readOut.StandardError, size, terms.Alpha, terms.TuningSubjects);
        var g = size * rho * rho;
        var evidence = g / (1 + g) * readOut.Z * readOut.Z / 2;
        var logPValue = readOut.Z <= 0 ? 0 : (0.5 * LogarithmicFunctions.LogOnePlus(g)) - Math.Log(2) - (evidence > 30 ? evidence : Math.Log(LogarithmicFunctions.ExpMinusOne(evidence)));
        return (readOut.Estimate - half, null, Math.Min(0, logPValue));
    }
}

/// <summary>The plan's settings for a comparison.</summary>
/// <param name="Alpha">The error rate of the comparison.</param>
/// <param name="Sides">1 if only an increase would be acted upon; otherwise 2.</param>
/// <param name="TuningSubjects">The total sample at which intervals of this error rate are narrowest.</param>
internal sealed record ComparisonTerms(double Alpha, int Sides, double TuningSubjects);
