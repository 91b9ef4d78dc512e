namespace ExperimentFramework.DataPlane.Science;

/// <summary>A chi-square statistic with its p-value.</summary>
/// <param name="Statistic">The statistic, at least 0.</param>
/// <param name="DegreesOfFreedom">Its degrees of freedom.</param>
/// <param name="LogPValue">The natural logarithm of the p-value, which does not underflow.</param>
public sealed record ChiSquareResult(double Statistic, int DegreesOfFreedom, double LogPValue)
{
    /// <summary>The p-value, from 0 to 1; 0 where it underflows.</summary>
    public double PValue => Math.Exp(LogPValue);

    /// <summary>The decimal logarithm of the p-value.</summary>
    public double Log10PValue => LogPValue / 2.3025850929940457;

    /// <summary>The result for a statistic; p is 1 if there are no degrees of freedom.</summary>
    internal static ChiSquareResult Of(double statistic, int degreesOfFreedom) =>
        new(statistic, degreesOfFreedom, degreesOfFreedom < 1 ? 0 : IncompleteGamma.LogChiSquareUpperTail(statistic, degreesOfFreedom));
}

/// <summary>The result of one look at an experiment's counts.</summary>
/// <param name="ChiSquare">Pearson's statistic over the variants with a weight above 0.</param>
/// <param name="Total">The number of subjects in variants with a weight above 0.</param>
/// <param name="SmallestExpected">The smallest expected count among those variants.</param>
/// <param name="UnexpectedVariants">The indexes of variants with weight 0 that have subjects.</param>
/// <param name="UnexpectedSubjects">The number of subjects in those variants.</param>
/// <param name="WorstDeviation">The largest relative deviation of a variant's count from its expectation, S/(n theta) - 1, with its sign; 0 without subjects.</param>
/// <param name="Severity">The verdict.</param>
public sealed record SampleRatioResult(
    ChiSquareResult ChiSquare,
    long Total,
    double SmallestExpected,
    IReadOnlyList<int> UnexpectedVariants,
    long UnexpectedSubjects,
    double WorstDeviation,
    SampleRatioSeverity Severity);
