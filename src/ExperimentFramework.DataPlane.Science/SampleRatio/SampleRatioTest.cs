using System.Numerics;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The test of a single, planned look: do the counts by assigned variant agree with the planned split?</summary>
/// <remarks>Use <see cref="SequentialSampleRatio"/> for repeated looks: daily looks at p &lt; 0.01 raise a false warning in 7 % of healthy months.</remarks>
public static class SampleRatioTest
{
    private const double AlertLevel = 0.001;
    private const double WarningLevel = 0.01;

    /// <summary>The smallest expected count below which the verdict uses the exact test instead of the chi-square p-value.</summary>
    private const double ExactBelow = 5;

    /// <summary>Tests counts against an allocation.</summary>
    /// <param name="counts">The distinct subjects of each variant, by assigned variant, not negative.</param>
    /// <param name="allocation">The planned split.</param>
    /// <returns>
    /// Pearson's chi-square over the variants with a weight, computed without rounding until the last step, and the verdict: insufficient if the smallest expected count is below 1, by the
    /// exact test if it is below 5, otherwise by chi-square. Alert for p below 0.001 and for subjects in variants with weight 0, warning for p below 0.01.
    /// </returns>
    /// <exception cref="ArgumentException">The number of counts differs from the number of variants, or a count is negative.</exception>
    public static SampleRatioResult Evaluate(ReadOnlySpan<long> counts, Allocation allocation)
    {
        ArgumentNullException.ThrowIfNull(allocation);
        SampleRatioCounts.Check(counts, allocation);
        var declared = allocation.WithoutZeros();
        var declaredCounts = allocation.Declared(counts);
        var total = SampleRatioCounts.Total(declaredCounts);
        var unexpected = new List<int>();
        var unexpectedSubjects = 0L;
        for (var index = 0; index < counts.Length; index++)
        {
            if (allocation.WeightOf(index).IsZero && counts[index] > 0)
            {
                unexpected.Add(index);
                unexpectedSubjects = checked(unexpectedSubjects + counts[index]);
            }
        }

        var chiSquare = ChiSquareResult.Of(Statistic(declaredCounts, declared, total), declared.Count - 1);
        var smallest = double.PositiveInfinity;
        var worst = 0.0;
        for (var index = 0; index < declared.Count; index++)
        {
            var expected = ExactRatio.ToDouble(total * declared.WeightOf(index), declared.Total);
            smallest = Math.Min(smallest, expected);
            var deviation = total == 0 ? 0 : ExactRatio.ToDouble(Deviation(declaredCounts[index], declared, index, total), total * declared.WeightOf(index));
            worst = Math.Abs(deviation) > Math.Abs(worst) ? deviation : worst;
        }

        return new SampleRatioResult(
            chiSquare, total, smallest, unexpected, unexpectedSubjects, worst, SeverityOf(declaredCounts, declared, chiSquare, smallest, unexpectedSubjects));
    }

    /// <summary>Pools independent tests: the sum of their statistics with the sum of their degrees of freedom.</summary>
    /// <param name="versions">The counts and the allocation of each version of the weights.</param>
    /// <returns>The pooled statistic. It detects deviations in any direction, including directions that differ between versions.</returns>
    /// <exception cref="ArgumentException">There is no version, or counts do not match their allocation.</exception>
    public static ChiSquareResult Stratified(params IReadOnlyList<SampleRatioCounts> versions)
    {
        ArgumentNullException.ThrowIfNull(versions);
        Require.AtLeast(versions.Count, 1, nameof(versions));
        var statistic = 0.0;
        var degreesOfFreedom = 0;
        foreach (var version in versions)
        {
            SampleRatioCounts.Check(version.Counts.Span, version.Allocation);
            var declared = version.Allocation.WithoutZeros();
            var counts = version.Allocation.Declared(version.Counts.Span);
            statistic += Statistic(counts, declared, SampleRatioCounts.Total(counts));
            degreesOfFreedom += declared.Count - 1;
        }

        return ChiSquareResult.Of(statistic, degreesOfFreedom);
    }

    /// <summary>Tests the sum of the deviations over all versions against the sum of their covariances.</summary>
    /// <param name="versions">The counts and the allocation of each version of the weights, all of the same variants.</param>
    /// <returns>A quadratic form with one degree of freedom less than there are connected variants. This test has more power if all versions deviate in the same direction.</returns>
    /// <exception cref="ArgumentException">There is no version, or counts do not match their allocation.</exception>
    public static ChiSquareResult PooledDeviations(params IReadOnlyList<SampleRatioCounts> versions)
    {
        ArgumentNullException.ThrowIfNull(versions);
        Require.AtLeast(versions.Count, 1, nameof(versions));
        var variants = versions[0].Allocation.Count;
        var deviations = new double[variants];
        var covariance = new double[variants, variants];
        foreach (var version in versions)
        {
            Require.SameLength(version.Allocation.Count, variants, nameof(versions), "the first version");
            SampleRatioCounts.Check(version.Counts.Span, version.Allocation);
            var shares = version.Allocation.Shares;
            var counts = version.Counts.Span;
            long total = 0;
            for (var index = 0; index < variants; index++)
            {
                total = checked(total + (version.Allocation.WeightOf(index).IsZero ? 0 : counts[index]));
            }

            for (var row = 0; row < variants; row++)
            {
                if (version.Allocation.WeightOf(row).IsZero)
                {
                    continue;
                }

                deviations[row] += ExactRatio.ToDouble(Deviation(counts[row], version.Allocation, row, total), version.Allocation.Total);
                for (var column = 0; column < variants; column++)
                {
                    covariance[row, column] += row == column ? total * shares[row] * (1 - shares[row]) : -total * shares[row] * shares[column];
                }
            }
        }

        var (form, rank) = QuadraticForm.Evaluate(deviations, covariance);
        return ChiSquareResult.Of(form, rank);
    }

    /// <summary>sum (S_i - n theta_i)^2 / (n theta_i), computed as one exact ratio that is rounded once.</summary>
    private static double Statistic(ReadOnlySpan<long> counts, Allocation allocation, long total)
    {
        if (total == 0)
        {
            return 0;
        }

        // With integer weights w and their sum W, each term is (S W - n w)^2 / (n w W). Terms are summed as doubles: they are not negative, so they cannot cancel.
        var sum = 0.0;
        for (var index = 0; index < counts.Length; index++)
        {
            var deviation = Deviation(counts[index], allocation, index, total);
            sum += ExactRatio.ToDouble(deviation * deviation, total * allocation.WeightOf(index) * allocation.Total);
        }

        return sum;
    }

    /// <summary>S W - n w: the deviation of a count from its expectation, times the sum of the weights.</summary>
    private static BigInteger Deviation(long count, Allocation allocation, int index, long total) =>
        (count * allocation.Total) - (total * allocation.WeightOf(index));

    private static SampleRatioSeverity SeverityOf(
        ReadOnlySpan<long> counts, Allocation allocation, ChiSquareResult chiSquare, double smallestExpected, long unexpectedSubjects)
    {
        if (unexpectedSubjects > 0)
        {
            return SampleRatioSeverity.Alert;
        }

        if (allocation.Count < 2)
        {
            return SampleRatioSeverity.NotTestable;
        }

        if (smallestExpected < 1)
        {
            return SampleRatioSeverity.Insufficient;
        }

        var pValue = smallestExpected < ExactBelow && ExactSampleRatioTest.TryEvaluate(counts, allocation, out var exact) ? exact : chiSquare.PValue;
        return pValue < AlertLevel ? SampleRatioSeverity.Alert
            : pValue < WarningLevel ? SampleRatioSeverity.Warning
            : SampleRatioSeverity.None;
    }
}
