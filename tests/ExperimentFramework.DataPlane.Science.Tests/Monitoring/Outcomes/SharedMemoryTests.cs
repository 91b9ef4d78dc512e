namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class SharedMemoryTests
{
    private const int Slots = 1 << 17;
    private const int Experiments = 12;
    private const int Subjects = 6_000;
    private const string Metric = "purchase";

    private static readonly string[] Names = [.. Enumerable.Range(0, Experiments).Select(static number => $"experiment-{number}")];

    [Fact]
    public void Open_windows_of_many_experiments_take_no_more_memory_than_there_is_and_rates_stay_right()
    {
        var memory = new SubjectMemory(Slots);
        var monitor = Observe(new ExperimentMonitorOptions { Memory = memory });
        var runs = monitor.Read(static (experiment, _) => experiment.CurrentRun!).ToArray();

        // A queue of 1,024 subjects with three values each takes less than 64 KiB, and is not shared.
        Assert.InRange(runs.Sum(static run => run.Outcomes.Windows.Bytes + run.Outcomes.Calls.Bytes), 1, (Slots * 8L) + (Experiments * 2 * 65_536));
        Assert.Contains(runs, static run => run.Outcomes.Windows.Halvings > 0);
        monitor.Evaluate(MonitoredStream.Start.AddHours(2));
        foreach (var name in Names)
        {
            Assert.All(monitor.GetReadOuts(name).Single(static readOut => readOut.Name == Metric).Variants, static variant => Assert.InRange(variant.Mean!.Value, 0.12, 0.28));
            monitor.Reset(name, MonitoredStream.Start.AddHours(2));
        }

        Assert.Equal(Slots, memory.Free);
    }

    [Fact]
    public void A_plan_of_more_or_fewer_metrics_takes_what_its_windows_need()
    {
        var memory = new SubjectMemory(Slots);
        var monitor = Observe(new ExperimentMonitorOptions { Memory = memory });
        var before = memory.Free;
        var metrics = Enumerable.Range(0, 20).Select(static number => MeasuredStream.Metric("metric-" + number, MetricAggregation.Mean)).ToArray();

        Follow(monitor, MeasuredStream.Plan(MeasuredStream.Metric(Metric, MetricAggregation.Any), metrics));
        var bytes = monitor.Read(static (experiment, _) => experiment.CurrentRun!.Outcomes.Windows.Bytes).Sum();
        Assert.True(memory.Free < before - (bytes / 16), $"{before - memory.Free} slots for {bytes} bytes.");

        foreach (var name in Names)
        {
            monitor.Reset(name, MonitoredStream.Start.AddHours(2));
        }

        Assert.Equal(Slots, memory.Free);
    }

    [Fact]
    public void Experiments_with_memory_of_their_own_keep_every_open_window()
    {
        var runs = Observe(new ExperimentMonitorOptions()).Read(static (experiment, _) => experiment.CurrentRun!);

        Assert.All(runs, static run => Assert.Equal((0, (long)Subjects), (run.Outcomes.Windows.Halvings, run.Outcomes.Windows.OpenOf(0))));
    }

    private static void Follow(ExperimentMonitor monitor, AnalysisPlan plan)
    {
        foreach (var experiment in monitor.Read(static (experiment, _) => experiment).ToArray())
        {
            experiment.Use(plan with { ExperimentName = experiment.Name, Version = 2 }, isGiven: true);
        }
    }

    private static ExperimentMonitor Observe(ExperimentMonitorOptions options)
    {
        var plan = MeasuredStream.Plan(MeasuredStream.Metric(Metric, MetricAggregation.Any));
        var monitor = new ExperimentMonitor(options, Names.Select(name => plan with { ExperimentName = name }));
        var stream = new MonitoredStream(monitor);
        foreach (var name in Names)
        {
            stream.Declare(name, MonitoredStream.Version);
        }

        for (var subject = 0; subject < Subjects; subject++)
        {
            foreach (var name in Names)
            {
                stream.Expose($"s{subject}", subject % 2 == 0 ? "b" : "control", change: exposure => exposure with { ExperimentName = name });
            }

            if (subject % 5 == 0)
            {
                stream.Measure($"s{subject}", Metric, 1);
            }
        }

        return monitor;
    }
}
