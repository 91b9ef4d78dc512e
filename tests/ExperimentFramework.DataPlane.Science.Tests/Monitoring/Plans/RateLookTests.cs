namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Planned looks at rates that are compared by the exact ratio: p, and the interval that belongs to the boundary.</summary>
public sealed class RateLookTests
{
    [Fact]
    public void A_look_at_rates_has_p_effect_and_an_interval_that_excludes_0_exactly_if_p_rejects()
    {
        var plan = Plan(LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.25, 0.5, 0.75, 1));
        var planned = (int)PlannedSample.Of(plan, new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })!.Total;
        var stream = new MonitoredStream(new ExperimentMonitor(plans: [plan])).Declare();
        List<AnalysisSignalEvent> looks = [];
        for (var look = 1; look <= 4; look++)
        {
            for (var subject = planned * (look - 1) / 4; subject < planned * look / 4 + 1; subject++)
            {
                var isB = subject % 2 == 1;
                stream.Expose("s" + subject, isB ? "b" : "control");
                if (subject / 2 % (isB ? 70 : 100) == 0)
                {
                    stream.Measure("s" + subject, "purchase", 1, id: new Guid(1_000_000 + subject, 0, 0, new byte[8]));
                }
            }

            stream.Now += TimeSpan.FromHours(2);
            looks.AddRange(stream.Evaluate().Where(static signal => signal.SignalType == AnalysisSignalType.SequentialCheckpoint));
        }

        Assert.Equal([1, 2, 3, 4], looks.Select(static signal => (int)signal.Data!["look"]!));
        Assert.All(looks, static signal =>
        {
            var data = signal.Data!;
            var (p, effect, lower, upper) = ((double)data["pValue"]!, (double)data["effect"]!, (double)data["lower"]!, (double)data["upper"]!);
            Assert.True(lower < effect && effect < upper);
            Assert.Equal(p <= (double)data["alpha"]!, lower > 0);
        });
        Assert.Contains(looks, static signal => (double)signal.Data!["lower"]! > 0);
        Assert.Contains(looks, static signal => (double)signal.Data!["lower"]! < 0);
        var counts = stream.ReadOut("purchase");
        var (control, b) = ((double)counts.Of("control").Conversions!.Value, (double)counts.Of("b").Conversions!.Value);
        Assert.Equal(2 * NormalDistribution.UpperTail((b - control) / Math.Sqrt(b + control)), (double)looks[^1].Data!["pValue"]!, 1e-12);
    }

    [Fact]
    public void The_score_is_that_of_the_conversions_given_their_number_over_all_versions()
    {
        // Under each version the arm of a conversion is a draw: 40 at 1/2 of which 26, and 100 at 1/10 of which 14.
        ConversionStratum[] strata = [new(14, 26, 1, 1), new(86, 14, 9, 1)];

        Assert.Equal((26 + 14 - 20 - 10) / Math.Sqrt((40 * 0.25) + (100 * 0.09)), ConversionScore.Z(strata), 1e-12);
        var (lower, upper) = ConversionScore.Interval(strata, 1.96);
        Assert.Equal((1.96, -1.96), (ConversionScore.Z(strata, Math.Log(lower)), ConversionScore.Z(strata, Math.Log(upper))), new Nearly());
        Assert.Equal(0, ConversionScore.Z(strata, Math.Log(ConversionRatio.Evaluate(strata, 0.05).Ratio)), 1e-9);
        Assert.Equal(30, ConversionScore.SmallestExpected(strata));
    }

    [Theory]
    [InlineData(0, 50)]
    [InlineData(50, 0)]
    public void An_arm_without_conversions_leaves_one_end_open(long control, long treatment)
    {
        var (lower, upper) = ConversionScore.Interval([new(control, treatment, 1, 1)], 2);

        Assert.Equal(treatment == 0, lower == 0);
        Assert.Equal(control == 0, double.IsPositiveInfinity(upper));
    }

    [Fact]
    public void Looks_at_the_score_keep_the_planned_error_rate()
    {
        // Pocock's boundaries at four looks, with 1 % of conversions at a split of 90 to 10.
        var random = new Random(20267);
        var boundary = GroupSequentialBoundaries.FromSpending(SpendingFunction.Pocock, 0.05, 2, [0.25, 0.5, 0.75, 1]).Upper.ToArray();
        var (runs, wrong) = (Simulation.Runs(1_000, 20_000), 0);
        for (var run = 0; run < runs; run++)
        {
            long control = 0, treatment = 0;
            for (var look = 0; look < 4; look++)
            {
                control += Simulation.Binomial(random, 18_000, 0.01);
                treatment += Simulation.Binomial(random, 2_000, 0.01);
                if (Math.Abs(ConversionScore.Z([new(control, treatment, 9, 1)])) >= boundary[look])
                {
                    wrong++;
                    break;
                }
            }
        }

        Simulation.Report($"| planned looks at rates, 1 %, 90/10 | {runs:N0} | {wrong / (double)runs:P1} |");
        Assert.InRange(wrong, 0.03 * runs, Simulation.Allowed(0.05, runs) * runs);
    }

    private static AnalysisPlan Plan(LookSchedule looks) => Plans.Conversions(looks) with
    {
        MinimumEffect = 0.4,
        PrimaryMetric = Plans.Conversions().PrimaryMetric with { Definition = new MetricDefinition(TimeSpan.FromHours(1), MetricAggregation.Any), Baseline = 0.01 },
    };

    private sealed class Nearly : IEqualityComparer<(double A, double B)>
    {
        public bool Equals((double A, double B) x, (double A, double B) y) => Math.Abs(x.A - y.A) < 1e-9 && Math.Abs(x.B - y.B) < 1e-9;

        public int GetHashCode((double A, double B) obj) => 0;
    }
}
