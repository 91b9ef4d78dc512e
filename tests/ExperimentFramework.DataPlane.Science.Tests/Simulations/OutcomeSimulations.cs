namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class OutcomeSimulations
{
    [Theory]
    [InlineData(MetricEstimator.ConversionRatio)]
    [InlineData(MetricEstimator.MeanDifference)]
    public void Without_an_effect_the_monitor_shows_one_of_rare_conversions_at_90_to_10_less_often_than_nominal(MetricEstimator estimator)
    {
        var random = new Random(20266);
        var (runs, days, perDay) = (Simulation.Runs(12, 1_000), 12, Simulation.Runs(2_000, 4_000));
        var (wrong, shown) = (0, 0);
        for (var run = 0; run < runs; run++)
        {
            var metric = MeasuredStream.Metric("purchase", MetricAggregation.Any, hours: 24) with { Estimator = estimator };
            var stream = new MonitoredStream(new ExperimentMonitor(null, [MeasuredStream.Plan(metric)])).Declare(weights: [("control", 9), ("b", 1)]);
            for (var day = 0; day < days; day++)
            {
                for (var subject = 0; subject < perDay; subject++)
                {
                    var id = $"{day}-{subject}";
                    stream.Expose(id, random.Next(10) == 0 ? "b" : "control");
                    if (random.Next(100) == 0)
                    {
                        stream.Measure(id, "purchase", 1);
                    }
                }

                stream.Now += TimeSpan.FromDays(1);
                stream.Monitor.Evaluate(stream.Now);
            }

            var readOut = stream.ReadOut("purchase");
            shown += readOut.State == ReadOutState.Shown ? 1 : 0;
            wrong += readOut.Of("b").Comparison!.Verdict is ReadOutVerdict.Higher or ReadOutVerdict.Lower ? 1 : 0;
        }

        Simulation.Report($"| monitor, {estimator}, 1 %, 90/10 | {runs:N0} runs, {shown:N0} shown | {wrong / (double)runs:P1} |");
        Assert.True(shown > 0);
        Assert.True(wrong <= Simulation.Allowed(0.05, runs) * runs, $"{wrong} of {runs} experiments without an effect showed one.");
    }
}
