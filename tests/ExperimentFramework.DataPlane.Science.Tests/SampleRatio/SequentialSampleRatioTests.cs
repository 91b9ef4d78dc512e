namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class SequentialSampleRatioTests
{
    [Fact]
    public void The_closed_form_is_the_product_of_the_predictive_ratios()
    {
        double[] shares = [0.5, 0.3, 0.2];
        var random = new Random(3);
        foreach (var concentration in new[] { 1.0, 100, 10_000 })
        {
            var counts = new long[3];
            var product = 0.0;
            for (var subject = 0; subject < 3_000; subject++)
            {
                var draw = random.NextDouble();
                var arm = draw < 0.52 ? 0 : draw < 0.8 ? 1 : 2;
                product += Math.Log(((concentration * shares[arm]) + counts[arm]) / (concentration + subject) / shares[arm]);
                counts[arm]++;
            }

            Assert.Equal(product, SequentialSampleRatio.LogEValue(counts, shares, concentration), 1e-9);
        }
    }

    [Fact]
    public void It_starts_at_1_and_a_single_subject_changes_nothing()
    {
        Assert.Equal(0, SequentialSampleRatio.LogMixtureEValue([0L, 0L], [0.9, 0.1]), 1e-15);
        Assert.Equal(0, SequentialSampleRatio.LogMixtureEValue([1L, 0L], [0.9, 0.1]), 1e-14);
    }

    [Fact]
    public void The_mixture_is_the_mean_of_its_parts()
    {
        long[] counts = [5_300, 4_700];
        double[] shares = [0.5, 0.5];
        var mean = 0.0;
        foreach (var concentration in SequentialSampleRatio.Concentrations)
        {
            mean += Math.Exp(SequentialSampleRatio.LogEValue(counts, shares, concentration)) / 4;
        }

        Assert.Equal(Math.Log(mean), SequentialSampleRatio.LogMixtureEValue(counts, shares), 1e-12);
    }

    [Fact]
    public void The_prepared_mixture_is_the_same()
    {
        foreach (var weights in new double[][] { [1, 1], [9, 1], [1, 0, 2], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] })
        {
            var allocation = Allocation.FromWeights(weights);
            long[] counts = [.. weights.Select((weight, index) => weight == 0 ? 0 : 1_000_000_000_000 + (index * 3_000_000))];
            Assert.Equal(SequentialSampleRatio.LogMixtureEValue(counts, allocation.Shares), new SampleRatioMixture(allocation).LogEValue(counts), 1e-9);
        }
    }

    [Fact]
    public void Versions_multiply_in_any_order()
    {
        var first = new SampleRatioCounts(new long[] { 5_200, 4_800 }, Allocation.FromWeights(1.0, 1.0));
        var second = new SampleRatioCounts(new long[] { 880, 120 }, Allocation.FromWeights(9.0, 1.0));
        var sum = SequentialSampleRatio.LogMixtureEValue(first.Counts.Span, first.Allocation.Shares)
            + SequentialSampleRatio.LogMixtureEValue(second.Counts.Span, second.Allocation.Shares);

        Assert.Equal(sum, SequentialSampleRatio.LogMixtureEValue([first, second]), 1e-12);
        Assert.Equal(sum, SequentialSampleRatio.LogMixtureEValue([second, first]), 1e-12);
    }

    [Fact]
    public void A_prior_around_the_planned_split_is_the_closed_form() =>
        Assert.Equal(
            SequentialSampleRatio.LogEValue([300L, 250L], [0.5, 0.5], 100),
            SequentialSampleRatio.LogEValue([300L, 250L], [0.5, 0.5], 100, [0.5, 0.5]),
            1e-12);

    [Fact]
    public void A_late_break_is_found_from_its_starting_point()
    {
        // A million healthy subjects, then 30,000 at 55 to 45.
        long[] healthy = [500_000, 500_000];
        long[] counts = [516_500, 513_500];
        var plain = SequentialSampleRatio.LogMixtureEValue(counts, [0.5, 0.5]);
        var withStart = SequentialSampleRatio.LogEValueWithStarts(counts, [healthy], [], [0.5, 0.5]);

        Assert.True(plain < Math.Log(100), $"{plain}");
        Assert.True(withStart > Math.Log(100), $"{withStart}");
    }

    [Fact]
    public void Weight_that_no_start_uses_rests_on_1() =>
        Assert.Equal(
            Math.Log(0.5 + (0.5 * Math.Exp(SequentialSampleRatio.LogMixtureEValue([600L, 400L], [0.5, 0.5])))),
            SequentialSampleRatio.LogEValueWithStarts([600L, 400L], [], [], [0.5, 0.5]),
            1e-12);

    [Fact]
    public void The_path_keeps_the_smallest_p_and_knows_when_it_fell()
    {
        var path = new SequentialSampleRatioPath();
        foreach (var logEValue in new[] { -0.5, 3.1, 5.0, 2.0 })
        {
            path.Add(logEValue);
        }

        Assert.Equal([0, -3.1, -5.0, -5.0], path.LogPValues);
        Assert.Equal(2.0, path.LogEValue);
        Assert.Equal(1, path.FirstAtMost(0.05));
        Assert.Equal(2, path.FirstAtMost(0.01));
        Assert.Null(path.FirstAtMost(0.001));
    }

    [Fact]
    public void Posterior_odds_are_the_prior_odds_times_the_e_value()
    {
        Assert.Equal(0.5, SequentialSampleRatio.PosteriorProbability(0), 1e-15);
        Assert.Equal(0.9, SequentialSampleRatio.PosteriorProbability(Math.Log(9)), 1e-15);
        Assert.Equal(0.5, SequentialSampleRatio.PosteriorProbability(Math.Log(9), 1 / 9.0), 1e-15);
    }

    [Theory]
    [InlineData(0.06, SampleRatioSeverity.None)]
    [InlineData(0.05, SampleRatioSeverity.Warning)]
    [InlineData(0.011, SampleRatioSeverity.Warning)]
    [InlineData(0.01, SampleRatioSeverity.Alert)]
    public void Severity_is_by_the_sequential_p(double pValue, SampleRatioSeverity expected) =>
        Assert.Equal(expected, SequentialSampleRatio.SeverityOf(Math.Log(pValue)));

    [Fact]
    public void Streams_are_counted_by_first_exposure_by_arrival_and_without_crossovers()
    {
        var counts = SubjectCounter.Count(
            [new(5, "a", 0), new(3, "a", 1), new(1, "b", 1), new(2, "b", 1), new(4, "c", 0), new(4, "c", 1)], 2);

        Assert.Equal(6, counts.Exposures);
        Assert.Equal(3, counts.Subjects);
        Assert.Equal([1, 2], counts.ByFirstExposure);
        Assert.Equal([2, 1], counts.ByFirstArrival);
        Assert.Equal([0, 1], counts.WithoutCrossovers);
        Assert.Equal(["a", "c"], counts.Crossovers);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Counts_and_priors_of_different_lengths_are_refused_by_name(int counts)
    {
        var refusal = Assert.Throws<ArgumentException>(() => SequentialSampleRatio.LogEValue(new long[counts], [0.5, 0.5], 100, [0.5, 0.5]));

        Assert.Contains("counts", refusal.Message, StringComparison.Ordinal);
    }
}
