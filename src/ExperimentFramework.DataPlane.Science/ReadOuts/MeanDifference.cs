namespace ExperimentFramework.DataPlane.Science;

/// <summary>The arms of an experiment under one version of the weights.</summary>
/// <typeparam name="T">The data of each arm.</typeparam>
/// <param name="Control">The control's values.</param>
/// <param name="Treatment">The treatment's values.</param>
public readonly record struct Arms<T>(T Control, T Treatment);

/// <summary>A read-out over versions of the weights.</summary>
/// <param name="ReadOut">The read-out.</param>
/// <param name="StrataUsed">The number of versions that were included. Versions with fewer than two subjects in an arm are left out.</param>
public sealed record StratifiedReadOut(ReadOut ReadOut, int StrataUsed);

/// <summary>The difference of two means, or of two proportions, with an interval that is valid at any time.</summary>
/// <remarks>Each subject is added once, when the metric's window after its first exposure has closed: see <see cref="MetricDefinition"/>.</remarks>
public static class MeanDifference
{
    /// <summary>Reads out the difference of two means.</summary>
    /// <param name="control">The control's values.</param>
    /// <param name="treatment">The treatment's values.</param>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <param name="tuningSize">N*, the planned total sample, above 0; fixed before the first exposure.</param>
    /// <returns>The read-out.</returns>
    /// <exception cref="ArgumentException">An argument is out of range, or no standard error can be computed.</exception>
    public static ReadOut Evaluate(MeanAccumulator control, MeanAccumulator treatment, double alpha, double tuningSize)
    {
        control.Check(nameof(control));
        treatment.Check(nameof(treatment));
        double ofControl = control.Variance / control.Count, ofTreatment = treatment.Variance / treatment.Count;
        return ReadOut.Of(
            treatment.Mean - control.Mean, new(control.Mean, ofControl), new(treatment.Mean, ofTreatment), control.Count + treatment.Count, alpha, tuningSize);
    }

    /// <summary>Reads out the difference of two means over versions of the weights, comparing the arms within each version.</summary>
    /// <param name="strata">The arms under each version.</param>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <param name="tuningSize">N*, the planned total sample, above 0.</param>
    /// <returns>The mean of the differences, weighted by the versions' subjects. Pooling the arms over a ramp would cause Simpson's paradox.</returns>
    /// <exception cref="ArgumentException">An argument is out of range, or no standard error can be computed.</exception>
    public static StratifiedReadOut Evaluate(IReadOnlyList<Arms<MeanAccumulator>> strata, double alpha, double tuningSize)
    {
        ArgumentNullException.ThrowIfNull(strata);
        var used = new List<Arms<MeanAccumulator>>(strata.Count);
        var size = 0.0;
        foreach (var stratum in strata)
        {
            stratum.Control.Check("control");
            stratum.Treatment.Check("treatment");
            if (stratum.Control.Count >= 2 && stratum.Treatment.Count >= 2)
            {
                used.Add(stratum);
                size += stratum.Control.Count + stratum.Treatment.Count;
            }
        }

        double controlMean = 0, treatmentMean = 0, controlVariance = 0, treatmentVariance = 0, estimate = 0;
        foreach (var (control, treatment) in used)
        {
            var weight = (control.Count + treatment.Count) / size;
            controlMean += weight * control.Mean;
            treatmentMean += weight * treatment.Mean;
            estimate += weight * (treatment.Mean - control.Mean);
            controlVariance += weight * weight * (control.Variance / control.Count);
            treatmentVariance += weight * weight * (treatment.Variance / treatment.Count);
        }

        return new StratifiedReadOut(
            ReadOut.Of(estimate, new(controlMean, controlVariance), new(treatmentMean, treatmentVariance), size, alpha, tuningSize),
            used.Count);
    }

    /// <summary>Reads out the difference of two means after removing the variance explained by a covariate (CUPED).</summary>
    /// <param name="control">The control's outcomes and covariates.</param>
    /// <param name="treatment">The treatment's outcomes and covariates.</param>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <param name="tuningSize">N*, the planned total sample, above 0.</param>
    /// <returns>The read-out, the coefficient theta, and the difference without adjustment. The covariate must be known before the first exposure.</returns>
    /// <exception cref="ArgumentException">An argument is out of range, or no standard error can be computed.</exception>
    /// <remarks>Deng, Xu, Kohavi and Walker, "Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data" (WSDM 2013).</remarks>
    public static (ReadOut ReadOut, double Theta, double UnadjustedEstimate) EvaluateAdjusted(
        PairAccumulator control, PairAccumulator treatment, double alpha, double tuningSize)
    {
        control.Check(nameof(control));
        treatment.Check(nameof(treatment));
        var spread = control.M2X + treatment.M2X;
        var theta = spread > 0 ? (control.Codeviation + treatment.Codeviation) / spread : 0;
        double Variance(PairAccumulator arm) => arm.Count < 2
            ? double.NaN
            : Math.Max(0, arm.M2Y - (2 * theta * arm.Codeviation) + (theta * theta * arm.M2X)) / (arm.Count - 1) / arm.Count;
        var unadjusted = treatment.MeanY - control.MeanY;
        var estimate = unadjusted - (theta * (treatment.MeanX - control.MeanX));
        double ofControl = Variance(control), ofTreatment = Variance(treatment);
        var readOut = ReadOut.Of(
            estimate, new(control.MeanY, ofControl), new(control.MeanY + estimate, ofTreatment), control.Count + treatment.Count, alpha, tuningSize);
        return (readOut, theta, unadjusted);
    }

    /// <summary>Reads out the difference of two ratios of sums, such as revenue per order.</summary>
    /// <param name="control">The control's numerators (y) and denominators (x), by subject.</param>
    /// <param name="treatment">The treatment's numerators and denominators.</param>
    /// <param name="alpha">The error rate, between 0 and 1, both excluded.</param>
    /// <param name="tuningSize">N*, the planned total sample of subjects, above 0.</param>
    /// <returns>The read-out and the two ratios. The variance is computed by the delta method, with subjects as the unit.</returns>
    /// <exception cref="ArgumentException">An argument is out of range, a denominator is 0, or no standard error can be computed.</exception>
    public static (ReadOut ReadOut, double ControlRatio, double TreatmentRatio) EvaluateRatio(
        PairAccumulator control, PairAccumulator treatment, double alpha, double tuningSize)
    {
        var (controlRatio, ofControl) = RatioOf(control, nameof(control));
        var (treatmentRatio, ofTreatment) = RatioOf(treatment, nameof(treatment));
        var readOut = ReadOut.Of(
            treatmentRatio - controlRatio, new(controlRatio, ofControl), new(treatmentRatio, ofTreatment), control.Count + treatment.Count, alpha, tuningSize);
        return (readOut, controlRatio, treatmentRatio);
    }

    private static (double Ratio, double Variance) RatioOf(PairAccumulator arm, string name)
    {
        arm.Check(name);
        if (arm.MeanX == 0)
        {
            throw new ArgumentException($"{name} must have a sum of denominators other than 0.", name);
        }

        var ratio = arm.MeanY / arm.MeanX;
        var squares = Math.Max(0, arm.M2Y - (2 * ratio * arm.Codeviation) + (ratio * ratio * arm.M2X));
        return (ratio, arm.Count < 2 ? double.NaN : squares / (arm.Count - 1) / (arm.MeanX * arm.MeanX) / arm.Count);
    }
}
