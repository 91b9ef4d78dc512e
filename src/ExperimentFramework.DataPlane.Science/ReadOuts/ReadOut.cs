namespace ExperimentFramework.DataPlane.Science;

/// <summary>A confidence sequence of the relative effect.</summary>
/// <param name="Estimate">The effect as a share of the control's mean.</param>
/// <param name="Lower">The lower end of its interval.</param>
/// <param name="Upper">The upper end of its interval.</param>
public sealed record RelativeEffect(double Estimate, double Lower, double Upper);

/// <summary>The effect of the treatment on a metric.</summary>
/// <param name="Estimate">The effect: treatment minus control.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="Sequence">The confidence sequence and the e-value.</param>
/// <param name="Relative">The relative effect; null if the control's mean is 0.</param>
public sealed record ReadOut(double Estimate, double StandardError, ConfidenceSequenceResult Sequence, RelativeEffect? Relative)
{
    /// <summary>The estimate divided by its standard error.</summary>
    public double Z => Estimate / StandardError;

    /// <summary>Creates a read-out from an estimate. Its variance is the sum of the variances of both arms.</summary>
    internal static ReadOut Of(double estimate, in ArmMean control, in ArmMean treatment, double size, double alpha, double tuningSize)
    {
        var variance = control.Variance + treatment.Variance;
        if (!(variance > 0) || double.IsInfinity(variance))
        {
            throw new ArgumentException(
                "control and treatment must have a standard error above 0: each arm needs at least two subjects, and at least one arm needs different values.", nameof(control));
        }

        var standardError = Math.Sqrt(variance);
        var sequence = AsymptoticConfidenceSequence.Evaluate(estimate, standardError, size, alpha, tuningSize);
        RelativeEffect? relative = null;
        if (control.Mean != 0)
        {
            // Delta method for a ratio of independent means.
            var lift = estimate / Math.Abs(control.Mean);
            var ratio = treatment.Mean / control.Mean;
            var half = sequence.HalfWidth / standardError * (Math.Sqrt(treatment.Variance + (ratio * ratio * control.Variance)) / Math.Abs(control.Mean));
            relative = new RelativeEffect(lift, lift - half, lift + half);
        }

        return new ReadOut(estimate, standardError, sequence, relative);
    }
}

/// <summary>The mean of an arm, and the variance of that mean.</summary>
internal readonly record struct ArmMean(double Mean, double Variance);
