namespace ExperimentFramework.DataPlane.Science;

/// <summary>The score test of the ratio of two conversion rates, for planned looks.</summary>
/// <remarks>
/// If treatment multiplies the chance to convert by lambda, the arm of each converted subject is a draw with the odds theta_B lambda to theta_A. Given the numbers of conversions n, z = (sum S_B - sum n p) / sqrt(sum n p (1 - p)) with
/// p = theta_B lambda / (theta_A + theta_B lambda), summed over versions of the weights. Its increments between looks are independent, which the boundaries of group sequential tests require. <see cref="ConversionRatio"/>
/// tests the same hypothesis at any time.
/// </remarks>
internal static class ConversionScore
{
    /// <summary>Computes z against a ratio.</summary>
    /// <param name="strata">The conversions under each version of the weights.</param>
    /// <param name="logRatio">ln lambda; 0 against equal rates.</param>
    /// <returns>z; NaN without conversions.</returns>
    public static double Z(IReadOnlyList<ConversionStratum> strata, double logRatio = 0)
    {
        double excess = 0, variance = 0;
        foreach (var stratum in strata)
        {
            var conversions = (double)stratum.Control + stratum.Treatment;
            var ofTreatment = 1 / (1 + (stratum.ControlWeight / stratum.TreatmentWeight * Math.Exp(-logRatio)));
            var ofControl = 1 / (1 + (stratum.TreatmentWeight / stratum.ControlWeight * Math.Exp(logRatio)));

            // Written so that no digits cancel if one arm has nearly all conversions.
            excess += (stratum.Treatment * ofControl) - (stratum.Control * ofTreatment);
            variance += conversions * ofTreatment * ofControl;
        }

        return excess / Math.Sqrt(variance);
    }

    /// <summary>The expected number of conversions in the arm with the smaller share, without an effect.</summary>
    public static double SmallestExpected(IReadOnlyList<ConversionStratum> strata)
    {
        double control = 0, treatment = 0;
        foreach (var stratum in strata)
        {
            var sum = stratum.ControlWeight + stratum.TreatmentWeight;
            control += (stratum.Control + stratum.Treatment) * (stratum.ControlWeight / sum);
            treatment += (stratum.Control + stratum.Treatment) * (stratum.TreatmentWeight / sum);
        }

        return Math.Min(control, treatment);
    }

    /// <summary>Computes the interval of ratios that are not rejected.</summary>
    /// <param name="strata">The conversions under each version of the weights.</param>
    /// <param name="boundary">The z-value at which a ratio is rejected, above 0 and finite.</param>
    /// <returns>The ends: 0 without conversions in the treatment, infinity without any in control.</returns>
    public static (double Lower, double Upper) Interval(IReadOnlyList<ConversionStratum> strata, double boundary)
    {
        bool hasControl = strata.Any(static stratum => stratum.Control > 0), hasTreatment = strata.Any(static stratum => stratum.Treatment > 0);
        return (
            hasTreatment ? Math.Exp(RootFinding.FindDecreasing(logRatio => Z(strata, logRatio) - boundary, 0, 1)) : 0,
            hasControl ? Math.Exp(RootFinding.FindDecreasing(logRatio => Z(strata, logRatio) + boundary, 0, 1)) : double.PositiveInfinity);
    }
}
