using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Science.Tests;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>An experiment that has ended is counted for as long as exposures of it arrive, wherever the monitor runs: a plan says when results are due, not that hosts have stopped.</summary>
public sealed class EndedExperimentTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void Exposures_after_the_end_of_the_plan_and_under_weights_that_split_no_more_are_counted_as_in_a_process(double control, double b)
    {
        var plan = new AnalysisPlan
        {
            ExperimentName = ArrivingStream.Experiment,
            Control = "control",
            PrimaryMetric = new PlannedMetric { Name = "purchase", Definition = new MetricDefinition(TimeSpan.FromDays(1)) },
            EndsAt = ArrivingStream.Begin.AddDays(-1),
        };
        var winner = control > 0 ? "control" : "b";
        DataPlaneEnvelope[] arrived =
        [
            .. ArrivingStream.Generate(2_000),
            Exposures.Envelope(Exposures.Declaration("final", ("control", control), ("b", b)), 3),
            .. Enumerable.Range(0, 500).Select(subject => Exposures.Envelope(Exposures.Of($"late{subject}", winner, "final"), 1_000_000 + subject)),
        ];
        var monitor = new ExperimentMonitor(plans: [plan]);
        using var driver = new MonitorDriver();
        foreach (var envelope in arrived)
        {
            monitor.Observe(envelope, ArrivingStream.Begin);
            driver.Send(envelope);
        }

        monitor.Evaluate(ArrivingStream.Begin);
        driver.PassTime();

        var (status, experiment) = (Assert.Single(monitor.GetExperiments()), driver.Load(ArrivingStream.Experiment));
        Assert.Equal((2_500, 2_500), (status.Subjects, experiment.Subjects));
        Assert.Equal(500, experiment.Counts.Single(static count => count.Version == "final").Subjects);
        Assert.Equal((ExperimentState.Healthy, ExperimentState.Healthy), (status.State, experiment.State));
    }
}
