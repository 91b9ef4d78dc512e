namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>The monitor over healthy and broken experiments: the promised rate of false alarms holds with bounded memory, interleaved weights, sampling and lost snapshots.</summary>
public sealed class MonitorSimulations
{
    private const int NotSampled = -1;

    public static TheoryData<string, double[], double, int> Healthy => new()
    {
        { "50/50", [1, 1], 1, 0 },
        { "90/10", [9, 1], 1, 0 },
        { "five arms", [1, 1, 1, 1, 1], 1, 0 },
        { "90/10, half of the subjects sampled", [9, 1], 0.5, 0 },
        { "50/50, 20 lost snapshots", [1, 1], 1, 20 },
    };

    [Theory]
    [MemberData(nameof(Healthy))]
    public void Healthy_experiments_are_reported_less_often_than_promised(string name, double[] weights, double samplingRate, int losses)
    {
        // A hundredth of the subjects is held; after each of the losses only a part is seen again.
        var random = new Random(20260301);
        int runs = Simulation.Runs(200, 10_000), subjects = losses > 0 ? 6_000 : Simulation.Runs(6_000, 60_000), alarms = 0;
        for (var run = 0; run < runs; run++)
        {
            alarms += IsAlarmed(random, weights, samplingRate, subjects, losses) ? 1 : 0;
        }

        Simulation.Report($"| monitor, {name} | {runs:N0} | {alarms / (double)runs:P2} |");
        Assert.True(alarms <= Simulation.Allowed(0.01, runs) * runs, $"{alarms} of {runs} healthy experiments were reported.");
    }

    [Fact]
    public void A_ramp_whose_versions_interleave_is_healthy()
    {
        var random = new Random(20260302);
        int runs = Simulation.Runs(200, 10_000), alarms = 0;
        for (var run = 0; run < runs; run++)
        {
            var stream = new MonitoredStream(new ExperimentMonitorOptions { MaxSubjectSlots = 1_024 }).Declare("a", ("control", 1), ("b", 1)).Declare("z", ("control", 9), ("b", 1));
            for (var subject = 0; subject < 6_000; subject++)
            {
                var isFirst = random.NextDouble() < 0.5;
                stream.Expose($"{run}-{subject}", random.NextDouble() < (isFirst ? 0.5 : 0.1) ? "b" : "control", isFirst ? "a" : "z");
            }

            stream.Evaluate();
            alarms += stream.Status.State == ExperimentState.SampleRatioMismatch ? 1 : 0;
        }

        Simulation.Report($"| monitor, interleaved ramp | {runs:N0} | {alarms / (double)runs:P2} |");
        Assert.True(alarms <= Simulation.Allowed(0.01, runs) * runs, $"{alarms} of {runs}");
    }

    [Fact]
    public void A_variant_that_loses_a_tenth_of_its_subjects_is_found()
    {
        var random = new Random(20260303);
        var found = new List<int>();
        var runs = Simulation.Runs(60, 1_000);
        for (var run = 0; run < runs; run++)
        {
            var stream = new MonitoredStream(new ExperimentMonitorOptions()).Declare();
            var subjects = 0;
            while (stream.Status.State != ExperimentState.SampleRatioMismatch && subjects < 100_000)
            {
                for (var subject = 0; subject < 256; subject++)
                {
                    subjects++;
                    var isB = random.Next(2) == 1;
                    if (!isB || random.NextDouble() >= 0.1)
                    {
                        stream.Expose($"{run}-{subjects}", isB ? "b" : "control");
                    }
                }

                stream.Evaluate();
            }

            found.Add(subjects);
        }

        // The mixture alone needs 4,799 at the median; starts, segments and the weight of the run cost a factor of 8 in E, about 2 / (ln 100 + 1) more subjects.
        var median = Simulation.Median(found);
        Simulation.Report($"| monitor, one arm loses 10 % | {runs:N0} | {median:N0} subjects |");
        Assert.InRange(median, 4_000, 10_500);
    }

    private static bool IsAlarmed(Random random, double[] weights, double samplingRate, int subjects, int losses)
    {
        var stream = Stream(weights, new ExperimentMonitor(new ExperimentMonitorOptions { MaxSubjectSlots = 1_024 }));
        var total = weights.Sum();
        var arms = new int[subjects];
        for (var subject = 0; subject < subjects; subject++)
        {
            var draw = random.NextDouble() * total;
            var arm = 0;
            while (arm < weights.Length - 1 && draw >= weights[arm])
            {
                draw -= weights[arm++];
            }

            arms[subject] = random.NextDouble() < samplingRate ? arm : NotSampled;
        }

        // After a loss the same subjects come back and are counted anew, together with new ones.
        for (var run = 0; run <= losses; run++)
        {
            if (run > 0)
            {
                var runs = stream.Monitor.GetRunNumbers();
                stream = Stream(weights, new ExperimentMonitor(new ExperimentMonitorOptions { MaxSubjectSlots = 1_024 }));
                stream.Monitor.StartOver(runs);
            }

            var from = losses == 0 ? 0 : subjects * run / (2 * (losses + 1));
            var to = losses == 0 ? subjects : from + (subjects / 2);
            for (var subject = from; subject < to; subject++)
            {
                if (arms[subject] != NotSampled)
                {
                    stream.Expose("s" + subject, "arm" + arms[subject], change: exposure => exposure with { SamplingRate = samplingRate });
                }
            }

            stream.Evaluate();
        }

        return stream.Status.LogPValue <= Math.Log(0.01);
    }

    private static MonitoredStream Stream(double[] weights, ExperimentMonitor monitor) =>
        new MonitoredStream(monitor).Declare("v1", [.. weights.Select(static (weight, arm) => ("arm" + arm, weight))]);
}
