namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class SampleRatioSimulations
{
    public static TheoryData<string, double[]> HealthySplits => new()
    {
        { "50/50", [0.5, 0.5] },
        { "90/10", [0.9, 0.1] },
        { "five arms", [0.2, 0.2, 0.2, 0.2, 0.2] },
    };

    // The medians of 2,000 runs, looked at after every subject, at p = 0.01.
    public static TheoryData<string, double[], double[], double> BrokenSplits => new()
    {
        { "arm lost", Even, [1, 0], 42 },
        { "60/40", Even, [0.6, 0.4], 390 },
        { "52/48", Even, [0.52, 0.48], 7_950 },
        { "51/49", Even, [0.51, 0.49], 31_535 },
        { "50.5/49.5", Even, [0.505, 0.495], 124_584 },
        { "one arm loses 5 %", Even, [1 / 1.95, 0.95 / 1.95], 19_483 },
        { "one arm loses 10 %", Even, [1 / 1.9, 0.9 / 1.9], 4_799 },
        { "90/10 to 90.5/9.5", [0.9, 0.1], [0.905, 0.095], 42_356 },
        { "five arms, one loses 5 %", [0.2, 0.2, 0.2, 0.2, 0.2], [1 / 4.95, 1 / 4.95, 1 / 4.95, 1 / 4.95, 0.95 / 4.95], 43_826 },
    };

    private static double[] Even => [0.5, 0.5];

    [Theory]
    [MemberData(nameof(HealthySplits))]
    public void Healthy_experiments_seldom_alarm(string name, double[] shares)
    {
        var random = new Random(20261);
        int runs = Simulation.Runs(200, 10_000), batches = Simulation.Runs(80, 400), alarms = 0;
        for (var run = 0; run < runs; run++)
        {
            var counts = new long[shares.Length];
            for (var batch = 0; batch < batches; batch++)
            {
                Add(random, counts, shares, 500);
                if (SequentialSampleRatio.LogMixtureEValue(counts, shares) >= Math.Log(100))
                {
                    alarms++;
                    break;
                }
            }
        }

        Simulation.Report($"| {name} | {runs:N0} | {alarms / (double)runs:P2} |");
        Assert.True(alarms <= Simulation.Allowed(0.01, runs) * runs, $"{alarms} of {runs} healthy experiments alarmed.");
    }

    [Fact]
    public void Healthy_ramps_whose_versions_interleave_seldom_alarm()
    {
        var random = new Random(20262);
        int runs = Simulation.Runs(200, 10_000), batches = Simulation.Runs(80, 400), alarms = 0;
        double[][] shares = [[0.9, 0.1], [0.5, 0.5]];
        for (var run = 0; run < runs; run++)
        {
            long[][] counts = [new long[2], new long[2]];
            for (var batch = 0; batch < batches; batch++)
            {
                // Hosts reload their weights at different times, so old weights keep coming while new ones ramp up.
                var version = random.NextDouble() < batch / (double)batches ? 1 : 0;
                Add(random, counts[version], shares[version], 500);
                var logEValue = SequentialSampleRatio.LogMixtureEValue(counts[0], shares[0]) + SequentialSampleRatio.LogMixtureEValue(counts[1], shares[1]);
                if (logEValue >= Math.Log(100))
                {
                    alarms++;
                    break;
                }
            }
        }

        Simulation.Report($"| 90/10 to 50/50, interleaved | {runs:N0} | {alarms / (double)runs:P2} |");
        Assert.True(alarms <= Simulation.Allowed(0.01, runs) * runs, $"{alarms} of {runs} healthy ramps alarmed.");
    }

    [Theory]
    [MemberData(nameof(BrokenSplits))]
    public void Broken_splits_are_found_as_fast_as_designed(string name, double[] planned, double[] shares, double expectedMedian)
    {
        var random = new Random(20263);
        var runs = Simulation.Runs(200, 2_000);

        // Looking a little less often than after every subject delays finding it by a few thousandths.
        var interval = (int)Math.Max(1, expectedMedian / 500);
        var found = new List<int>(runs);
        for (var run = 0; run < runs; run++)
        {
            var counts = new long[shares.Length];
            do
            {
                Add(random, counts, shares, interval);
            }
            while (SequentialSampleRatio.LogMixtureEValue(counts, planned) < Math.Log(100));

            found.Add((int)counts.Sum());
        }

        var median = Simulation.Median(found);
        Simulation.Report($"| {name} | {runs:N0} | {median:N0} | {expectedMedian:N0} |");
        Assert.InRange(median, 0.85 * expectedMedian, 1.15 * expectedMedian);
    }

    private static void Add(Random random, long[] counts, double[] shares, int subjects)
    {
        double left = 1;
        for (var arm = 0; arm < shares.Length - 1; arm++)
        {
            var drawn = Simulation.Binomial(random, subjects, Math.Min(1, shares[arm] / left));
            counts[arm] += drawn;
            subjects -= (int)drawn;
            left -= shares[arm];
        }

        counts[^1] += subjects;
    }
}
