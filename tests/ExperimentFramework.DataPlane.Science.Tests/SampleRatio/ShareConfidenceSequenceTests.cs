namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class ShareConfidenceSequenceTests
{
    [Theory]
    [InlineData(50, 100)]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    [InlineData(7, 1_000)]
    [InlineData(500_000, 1_000_000)]
    [InlineData(999_999_000_000, 1_000_000_000_000)]
    public void The_e_value_is_one_over_alpha_at_both_ends_and_less_between_them(long count, long total)
    {
        const double Alpha = 0.01;

        var (low, high) = ShareConfidenceSequence.Interval(count, total, Alpha);

        Assert.InRange((double)count / total, low, high);
        foreach (var end in new[] { low, high }.Where(static end => end is > 0 and < 1))
        {
            Assert.Equal(-Math.Log(Alpha), LogEValue(end), 1e-4);
        }

        for (var part = 1; part < 20; part++)
        {
            Assert.True(LogEValue(low + ((high - low) * part / 20)) < -Math.Log(Alpha));
        }

        double LogEValue(double share) => SequentialSampleRatio.LogMixtureEValue([count, total - count], [share, 1 - share]);
    }

    [Fact]
    public void The_shares_of_two_variants_mirror_each_other()
    {
        var (low, high) = ShareConfidenceSequence.Interval(300, 1_000, 0.05);
        var (otherLow, otherHigh) = ShareConfidenceSequence.Interval(700, 1_000, 0.05);

        Assert.Equal(1 - otherHigh, low, 1e-12);
        Assert.Equal(1 - otherLow, high, 1e-12);
    }

    [Fact]
    public void Nothing_is_known_without_subjects_and_extremes_stay_possible()
    {
        Assert.Equal((0.0, 1.0), ShareConfidenceSequence.Interval(0, 0, 0.01));
        Assert.Equal(0, ShareConfidenceSequence.Interval(0, 1_000, 0.01).Low);
        Assert.InRange(ShareConfidenceSequence.Interval(0, 1_000, 0.01).High, 0.001, 0.2);
        Assert.Equal(1, ShareConfidenceSequence.Interval(1_000, 1_000, 0.01).High);
    }

    [Fact]
    public void The_interval_narrows_with_subjects_and_widens_with_certainty()
    {
        static double Width(long total, double alpha)
        {
            var (low, high) = ShareConfidenceSequence.Interval(total / 2, total, alpha);
            return high - low;
        }

        Assert.True(Width(100, 0.05) > Width(10_000, 0.05) && Width(10_000, 0.05) > Width(1_000_000, 0.05));
        Assert.True(Width(10_000, 0.001) > Width(10_000, 0.05));
    }

    [Fact]
    public void Of_healthy_splits_looked_at_after_every_subject_at_most_the_promised_part_ever_leaves_its_interval()
    {
        const int Runs = 300;
        var random = new Random(11);
        var left = 0;
        for (var run = 0; run < Runs; run++)
        {
            long count = 0;
            for (var subject = 1; subject <= 2_000; subject++)
            {
                count += random.NextDouble() < 0.3 ? 1 : 0;

                // The interval holds 0.3 if the e-value of 0.3 is below 1/alpha.
                if (subject % 50 == 0 && ShareConfidenceSequence.Interval(count, subject, 0.1) is var (low, high) && (low > 0.3 || high < 0.3))
                {
                    left++;
                    break;
                }
            }
        }

        Assert.InRange(left, 0, Runs / 10);
    }

    [Theory]
    [InlineData(-1, 3, 0.01, "count")]
    [InlineData(4, 3, 0.01, "total")]
    [InlineData(1, 3, 0, "alpha")]
    [InlineData(1, 3, 1, "alpha")]
    [InlineData(1, 3, double.NaN, "alpha")]
    public void Arguments_out_of_range_are_refused_by_name(long count, long total, double alpha, string name) =>
        Assert.StartsWith(name, Assert.ThrowsAny<ArgumentException>(() => ShareConfidenceSequence.Interval(count, total, alpha)).Message, StringComparison.Ordinal);
}
