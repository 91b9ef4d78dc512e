namespace ExperimentFramework.DataPlane.Science;

/// <summary>The conversions of two arms under one version of the weights.</summary>
/// <param name="Control">The control's converted subjects, at least 0.</param>
/// <param name="Treatment">The treatment's converted subjects, at least 0.</param>
/// <param name="ControlWeight">The control's planned weight, above 0.</param>
/// <param name="TreatmentWeight">The treatment's planned weight, above 0.</param>
public readonly record struct ConversionStratum(long Control, long Treatment, double ControlWeight, double TreatmentWeight);

/// <summary>The read-out of the exact ratio of conversion rates.</summary>
/// <param name="LogEValueAtOne">ln E against equal rates.</param>
/// <param name="Ratio">The estimated ratio of the treatment's rate to the control's; infinity without conversions in control, NaN without any conversions.</param>
/// <param name="Lower">The lower end of its interval; 0 without conversions in the treatment, NaN if the versions contradict each other so that no ratio remains.</param>
/// <param name="Upper">The upper end of its interval; infinity without conversions in control, NaN if no ratio remains.</param>
public sealed record ConversionRatioResult(double LogEValueAtOne, double Ratio, double Lower, double Upper)
{
    /// <summary>ln p of this look alone, at most 0.</summary>
    public double LogPValue => Math.Min(0, -LogEValueAtOne);
}

/// <summary>The ratio of two conversion (or error) rates, exact at any number of subjects and any split, and valid at all times simultaneously.</summary>
/// <remarks>
/// If treatment multiplies the chance to convert by lambda, the arm of each converted subject is a draw with the odds theta_B lambda to theta_A, so the sequential sample ratio test applies to the
/// converted subjects: Lindon and Malek, "Anytime-Valid Inference for Multinomial Count Data" (NeurIPS 2022).
/// </remarks>
public static class ConversionRatio
{
    private static readonly double[] DefaultConcentrations = [10, 1e2, 1e3, 1e4];

    /// <summary>The concentrations of the default mixture: 10, 100, 1,000 and 10,000.</summary>
    public static ReadOnlySpan<double> Concentrations => DefaultConcentrations;

    /// <summary>Reads out the ratio of two conversion rates.</summary>
    /// <param name="strata">The conversions under each version of the weights, at least one version.</param>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <param name="concentrations">The concentrations of the mixture, each above 0; <see cref="Concentrations"/> if empty.</param>
    /// <returns>The evidence against equal rates, the ratio and its interval.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static ConversionRatioResult Evaluate(IReadOnlyList<ConversionStratum> strata, double alpha, ReadOnlySpan<double> concentrations = default)
    {
        ArgumentNullException.ThrowIfNull(strata);
        Require.AtLeast(strata.Count, 1, nameof(strata));
        Require.Probability(alpha, nameof(alpha));
        concentrations = concentrations.IsEmpty ? DefaultConcentrations : concentrations;
        var logEValueAtOne = 0.0;
        double control = 0, treatment = 0;
        foreach (var stratum in strata)
        {
            Require.Positive(stratum.ControlWeight, "weights");
            Require.Positive(stratum.TreatmentWeight, "weights");
            var (controlShare, treatmentShare) = Shares(stratum);
            logEValueAtOne += SequentialSampleRatio.LogMixtureEValue([stratum.Control, stratum.Treatment], [controlShare, treatmentShare], concentrations);
            control += stratum.Control;
            treatment += stratum.Treatment;
        }

        // ln E is convex in ln lambda, with its minimum at the estimate.
        double LogEValue(double logRatio) => logEValueAtOne + Change(strata, logRatio);
        if (control + treatment == 0)
        {
            return new ConversionRatioResult(logEValueAtOne, double.NaN, 0, double.PositiveInfinity);
        }

        var threshold = -Math.Log(alpha);
        if (treatment == 0)
        {
            return new ConversionRatioResult(logEValueAtOne, 0, 0, Math.Exp(RootFinding.FindDecreasing(x => threshold - LogEValue(x), 0, 1)));
        }

        if (control == 0)
        {
            return new ConversionRatioResult(
                logEValueAtOne, double.PositiveInfinity, Math.Exp(-RootFinding.FindDecreasing(x => threshold - LogEValue(-x), 0, 1)), double.PositiveInfinity);
        }

        var best = RootFinding.FindDecreasing(x => -Slope(strata, x), Math.Log(treatment / control), 1);
        if (LogEValue(best) > threshold)
        {
            // The versions contradict each other, so no ratio remains.
            return new ConversionRatioResult(logEValueAtOne, Math.Exp(best), double.NaN, double.NaN);
        }

        return new ConversionRatioResult(
            logEValueAtOne,
            Math.Exp(best),
            Math.Exp(-End(x => LogEValue(-x) - threshold, -best)),
            Math.Exp(End(x => LogEValue(x) - threshold, best)));
    }

    /// <summary>Finds where a convex function with its minimum at <paramref name="lowest"/> rises above 0.</summary>
    private static double End(Func<double, double> function, double lowest) =>
        function(lowest) >= 0 ? lowest : RootFinding.FindDecreasing(x => -function(x), lowest, 0.01);

    /// <summary>sum over versions of n ln(theta_A + theta_B lambda) - S_B ln lambda.</summary>
    private static double Change(IReadOnlyList<ConversionStratum> strata, double logRatio)
    {
        var change = 0.0;
        foreach (var stratum in strata)
        {
            var (controlShare, treatmentShare) = Shares(stratum);

            // Written so that the exponential does not overflow.
            change += logRatio <= 0
                ? ((stratum.Control + stratum.Treatment) * LogarithmicFunctions.LogOnePlus(treatmentShare * LogarithmicFunctions.ExpMinusOne(logRatio))) - (stratum.Treatment * logRatio)
                : ((stratum.Control + stratum.Treatment) * LogarithmicFunctions.LogOnePlus(controlShare * LogarithmicFunctions.ExpMinusOne(-logRatio))) + (stratum.Control * logRatio);
        }

        return change;
    }

    private static double Slope(IReadOnlyList<ConversionStratum> strata, double logRatio)
    {
        var slope = 0.0;
        foreach (var stratum in strata)
        {
            var (controlShare, treatmentShare) = Shares(stratum);
            slope += ((stratum.Control + stratum.Treatment) / (1 + (controlShare / treatmentShare * Math.Exp(-logRatio)))) - stratum.Treatment;
        }

        return slope;
    }

    private static (double Control, double Treatment) Shares(ConversionStratum stratum)
    {
        var sum = stratum.ControlWeight + stratum.TreatmentWeight;
        return (stratum.ControlWeight / sum, stratum.TreatmentWeight / sum);
    }
}
