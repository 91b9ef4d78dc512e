namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class PlanValidationTests
{
    private static readonly AnalysisPlan Valid = Plans.Conversions();

    public static TheoryData<string, AnalysisPlan> Problems => new()
    {
        { "AnalysisPlan.ExperimentName of experiment '' has the name '', which is empty.", Valid with { ExperimentName = "" } },
        { "AnalysisPlan.Control of experiment 'checkout-pricing' has the name ' control', which begins or ends with white space.", Valid with { Control = " control" } },
        { "AnalysisPlan.Version of experiment 'checkout-pricing' is 0; it must be at least 1.", Valid with { Version = 0 } },
        { "AnalysisPlan.Alpha of experiment 'checkout-pricing' is 0.5; it must be between 0 and 0.5, both excluded.", Valid with { Alpha = 0.5 } },
        { "AnalysisPlan.Alpha of experiment 'checkout-pricing' is NaN; it must be between 0 and 0.5, both excluded.", Valid with { Alpha = double.NaN } },
        { "AnalysisPlan.Sides of experiment 'checkout-pricing' is 3; it must be 1 or 2.", Valid with { Sides = 3 } },
        { "AnalysisPlan.Power of experiment 'checkout-pricing' is 0.5; it must be between 0.5 and 1, both excluded.", Valid with { Power = 0.5 } },
        { "AnalysisPlan.MinimumRunTime of experiment 'checkout-pricing' is -00:00:01; it must be from 0 to 3,650 days.", Valid with { MinimumRunTime = TimeSpan.FromSeconds(-1) } },
        { "AnalysisPlan.Segments of experiment 'checkout-pricing' has the name '', which is empty.", Valid with { Segments = ["country", ""] } },
        { "AnalysisPlan.Segments of experiment 'checkout-pricing' has 'country' 2 times; list it once.", Valid with { Segments = ["country", "country"] } },
        { "AnalysisPlan.Segments of experiment 'checkout-pricing' is null; it must be a list, which may be empty.", Valid with { Segments = null! } },
        { "AnalysisPlan.Segments.Count of experiment 'checkout-pricing' is 33; it must be at most 32.", Valid with { Segments = [.. Enumerable.Range(0, 33).Select(static number => "a" + number)] } },
        { "AnalysisPlan.Metrics of experiment 'checkout-pricing' has 'purchase' 2 times; list it once.", Valid with { SecondaryMetrics = [Valid.PrimaryMetric] } },
        { "AnalysisPlan.SecondaryMetrics[0].Name of experiment 'checkout-pricing' has the name 'a\uFFFD', which contains a control character.", Valid with { SecondaryMetrics = [Plans.Latency with { Name = "a\a" }] } },
        { "AnalysisPlan.PrimaryMetric.Window of experiment 'checkout-pricing' is -1.00:00:00; it must be from 0 to 3,650 days.", With(definition: new MetricDefinition(TimeSpan.FromDays(-1), MetricAggregation.Any)) },
        { "AnalysisPlan.PrimaryMetric.Cap of experiment 'checkout-pricing' is 0.5; it must be at least 1, or none, for a conversion.", With(definition: new MetricDefinition(TimeSpan.Zero, MetricAggregation.Any, 0.5)) },
        { "AnalysisPlan.PrimaryMetric.Cap of experiment 'checkout-pricing' is 0; it must be above 0 and finite.", With(definition: new MetricDefinition(TimeSpan.Zero, MetricAggregation.Sum, 0)) },
        { "AnalysisPlan.PrimaryMetric.Aggregation of experiment 'checkout-pricing' is 7; it must be one of Sum, Any, Count, Mean.", With(definition: new MetricDefinition(TimeSpan.Zero, (MetricAggregation)7)) },
        { "AnalysisPlan.PrimaryMetric.Aggregation of experiment 'checkout-pricing' is Sum; on the logarithmic scale it must be Mean, because a subject without values would have the logarithm of 0.", With(definition: new MetricDefinition(TimeSpan.Zero, Scale: MetricScale.Logarithmic)) },
        { "AnalysisPlan.PrimaryMetric.Baseline of experiment 'checkout-pricing' is 1; it must be between 0 and 1, both excluded, for a conversion.", With(baseline: 1) },
        { "AnalysisPlan.PrimaryMetric.Estimator of experiment 'checkout-pricing' is ConversionRatio, which compares conversions; the aggregation must be Any, or the estimator MeanDifference.", Plans.Means() with { PrimaryMetric = Plans.Means().PrimaryMetric with { Estimator = MetricEstimator.ConversionRatio } } },
        { "AnalysisPlan.PrimaryMetric.StandardDeviation of experiment 'checkout-pricing' is 0; it must be above 0 and finite.", Plans.Means() with { PrimaryMetric = Plans.Means().PrimaryMetric with { StandardDeviation = 0 } } },
        { "AnalysisPlan.PrimaryMetric.Baseline of experiment 'checkout-pricing' is 0; it must be other than 0, because the minimum effect is a share of it.", Plans.Means() with { PrimaryMetric = Plans.Means().PrimaryMetric with { Baseline = 0 } } },
        { "AnalysisPlan.MinimumEffect of experiment 'checkout-pricing' is 4; it must be such that the planned rate, 0.2 times (1 + MinimumEffect), is between 0 and 1, both excluded.", Valid with { MinimumEffect = 4 } },
        { "AnalysisPlan.MinimumEffect of experiment 'checkout-pricing' is 1E-17; it must be at least 1E-15 or at most -1E-15, because no number of subjects can detect a smaller effect.", Valid with { MinimumEffect = 1e-17 } },
        { "AnalysisPlan.Owner of experiment 'checkout-pricing' is ' '; it must be 1 to 256 characters without control characters, or null.", Valid with { Owner = " " } },
        { "AnalysisPlan.Owner of experiment 'checkout-pricing' is 'a\uFFFDb'; it must be 1 to 256 characters without control characters, or null.", Valid with { Owner = "a\nb" } },
        { "AnalysisPlan.MinimumEffect of experiment 'checkout-pricing' is 0; it must be finite and not 0.", Valid with { MinimumEffect = 0 } },
        { "AnalysisPlan.MinimumEffect of experiment 'checkout-pricing' is -0.25; it must be an increase if Sides is 1.", Valid with { MinimumEffect = -0.25, Sides = 1 } },
        { "AnalysisPlan.Looks of experiment 'checkout-pricing' is FixedHorizon, which needs a planned sample; set MinimumEffect and the primary metric's Baseline, or use LookSchedule.AlwaysValid.", Valid with { MinimumEffect = null, Looks = LookSchedule.FixedHorizon } },
    };

    [Theory]
    [MemberData(nameof(Problems))]
    public void A_problem_names_the_experiment_the_property_its_value_and_its_range(string problem, AnalysisPlan plan) =>
        Assert.Contains(problem, AnalysisPlanValidator.Problems(plan));

    [Fact]
    public void Valid_plans_have_no_problem()
    {
        Assert.Empty(AnalysisPlanValidator.Problems(Valid));
        Assert.Empty(AnalysisPlanValidator.Problems(Plans.Means() with { SecondaryMetrics = [Plans.Latency], Segments = ["country"], MinimumRunTime = TimeSpan.FromDays(7) }));
        Assert.Empty(AnalysisPlanValidator.Problems(Valid with { PrimaryMetric = Plans.Latency with { StandardDeviation = 1.2 }, MinimumEffect = -0.1, Looks = LookSchedule.FixedHorizon }));
    }

    [Fact]
    public void All_problems_are_said_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => new ExperimentMonitor(plans: [Valid with { Alpha = 2, Power = 2, Sides = 0 }]));

        Assert.Contains("Alpha", error.Message, StringComparison.Ordinal);
        Assert.Contains("Power", error.Message, StringComparison.Ordinal);
        Assert.Contains("Sides", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_is_one_of_the_variants_where_they_are_known()
    {
        Assert.Empty(AnalysisPlanValidator.Problems(Valid, ["control", "b"]));
        Assert.Equal(
            ["AnalysisPlan.Control of experiment 'checkout-pricing' is 'control'; it must be one of the variants a, b."], AnalysisPlanValidator.Problems(Valid, ["a", "b"]));
    }

    [Fact]
    public void An_experiment_has_one_plan() =>
        Assert.Throws<ArgumentException>(() => new ExperimentMonitor(plans: [Valid, Valid with { Alpha = 0.01 }]));

    private static AnalysisPlan With(MetricDefinition? definition = null, double? baseline = 0.2) =>
        Valid with { PrimaryMetric = Valid.PrimaryMetric with { Definition = definition ?? Valid.PrimaryMetric.Definition, Baseline = baseline } };

    [Fact]
    public void Looks_that_are_too_close_for_a_boundary_are_refused()
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.9999999, 1));

        Assert.Contains("combine the two looks", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, GroupSequentialBoundaries.FromSpending(SpendingFunction.Pocock, 0.05, 2, [.. LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.9999, 1).InformationTimes]).Upper.Length);
    }
}
