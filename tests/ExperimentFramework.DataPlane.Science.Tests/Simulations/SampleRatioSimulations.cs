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
    public static TheoryData<string, double, double, int> BrokenSplits => new()
    {
        { "arm lost", 1.0, 42, 2_000 },
        { "60/40", 0.6, 390, 20_000 },
        { "52/48", 0.52, 7_950, 200_000 },
    };

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
    public void Broken_splits_are_found_as_fast_as_designed(string name, double share, double expectedMedian, int longest)
    {
        var random = new Random(20263);
        var runs = Simulation.Runs(200, 2_000);

        // Looking a little less often than after every subject delays finding it by a few thousandths.
        var interval = (int)Math.Max(1, expectedMedian / 500);
        var found = new List<int>(runs);
        for (var run = 0; run < runs; run++)
        {
            var counts = new long[2];
            for (var subject = 1; subject <= longest; subject++)
            {
                counts[random.NextDouble() < share ? 0 : 1]++;
                if (subject % interval == 0 && SequentialSampleRatio.LogMixtureEValue(counts, [0.5, 0.5]) >= Math.Log(100))
                {
                    found.Add(subject);
                    break;
                }
            }
        }

        Assert.Equal(runs, found.Count);
        var median = Simulation.Median(found);
        Simulation.Report($"| {name} | {runs:N0} | {median:N0} | {expectedMedian:N0} |");
        Assert.InRange(median, 0.85 * expectedMedian, 1.15 * expectedMedian);
    }

    private static void Add(Random random, long[] counts, double[] shares, int subjects)
    {
        double left = 1;
        for (var arm = 0; arm < shares.Length - 1; arm++)
        {
            var drawn = Simulation.Binomial(random, subjects, shares[arm] / left);
            counts[arm] += drawn;
            subjects -= (int)drawn;
            left -= shares[arm];
        }

        counts[^1] += subjects;
    }
}
