namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Producers whose clocks are wrong.</summary>
public sealed class WrongClockTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_host_whose_clock_is_off_by_a_day_changes_no_verdict_and_no_window(int days)
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, hours: 1, baseline: 0.01));
        var random = new Random(11);
        for (var subject = 0; subject < 4_000; subject++)
        {
            // Half of the subjects meet the host whose clock is off; it dates their purchases, too.
            var off = TimeSpan.FromDays(subject % 2 == 0 ? days : 0);
            stream.Now += TimeSpan.FromSeconds(1);
            stream.Expose("s" + subject, random.Next(2) == 0 ? "control" : "b", change: exposure => exposure with { Timestamp = exposure.Timestamp + off });
            if (random.Next(20) == 0)
            {
                stream.Measure("s" + subject, "purchase", 1, metric => metric with { Timestamp = metric.Timestamp + off });
            }
        }

        stream.Now += TimeSpan.FromHours(2);
        stream.Evaluate();

        Assert.Equal((ExperimentState.Healthy, 4_000L), (stream.Status.State, stream.Status.Subjects));
        Assert.Empty(stream.Monitor.Read(static (experiment, _) => experiment.CurrentRun!.Starts.All).Single());
        var readOut = stream.ReadOut("purchase");
        Assert.Equal((4_000L, 0L, ReadOutVerdict.Undecided), (readOut.Mature, readOut.Late, readOut.Of("b").Comparison!.Verdict));
        Assert.InRange(readOut.Variants.Sum(static variant => variant.Conversions!.Value), 150, 250);
    }

    [Fact]
    public void Purchases_that_are_dated_by_a_clock_that_is_off_are_left_out_of_all_variants_alike()
    {
        var stream = MeasuredStream.Of(MeasuredStream.Metric("purchase", MetricAggregation.Any, hours: 1, baseline: 0.01));
        var random = new Random(12);
        for (var subject = 0; subject < 4_000; subject++)
        {
            stream.Expose("s" + subject, random.Next(2) == 0 ? "control" : "b");
            if (random.Next(10) == 0)
            {
                stream.Measure("s" + subject, "purchase", 1, metric => metric with { Timestamp = metric.Timestamp + TimeSpan.FromDays(random.Next(3) - 1) });
            }
        }

        stream.Now += TimeSpan.FromHours(2);
        stream.Evaluate();

        Assert.InRange(stream.ReadOut("purchase").Variants.Sum(static variant => variant.Conversions!.Value), 90, 180);
        Assert.Equal(ReadOutVerdict.Undecided, stream.ReadOut("purchase").Of("b").Comparison!.Verdict);
    }

    [Fact]
    public void An_event_from_the_far_future_sets_no_day_and_hides_no_undeclared_weights()
    {
        var stream = new MonitoredStream();
        stream.Expose("s0", "control");
        stream.Now = MonitoredStream.Start.AddYears(300);
        stream.Expose("s1", "control", "v2");
        stream.Now = MonitoredStream.Start.AddDays(1);
        stream.Expose("s2", "control", "v2");
        stream.Expose("s3", "control", "v2");

        var starts = stream.Monitor.Read(static (experiment, _) => experiment.CurrentRun!.Starts.All).Single();
        Assert.Contains(starts, static start => start.Cause == StartCause.Day && start.Time == MonitoredStream.Start.AddDays(1));
        Assert.DoesNotContain(starts, static start => start.Cause == StartCause.Day && start.Time.Year > 2_100);
        stream.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(2, stream.Evaluate().Count(static signal => signal.SignalType == AnalysisSignalType.UndeclaredAllocation));
    }
}
