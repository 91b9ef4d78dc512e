using System.Security.Cryptography;
using System.Text;

namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class PlanHashTests
{
    private static readonly AnalysisPlan Plan = Plans.Means() with
    {
        SecondaryMetrics = [Plans.Latency, Plans.Latency with { Name = "errors", Source = MetricSource.OutcomeFailure, Definition = new MetricDefinition(TimeSpan.FromHours(1), MetricAggregation.Any) }],
        Segments = ["country", "device"],
        EndsAt = new DateTimeOffset(2026, 4, 1, 2, 0, 0, TimeSpan.FromHours(2)),
    };

    public static TheoryData<string, AnalysisPlan> Changes => new()
    {
        { "experiment", Plan with { ExperimentName = "other" } },
        { "control", Plan with { Control = "b" } },
        { "alpha", Plan with { Alpha = 0.05000000000000001 } },
        { "sides", Plan with { Sides = 1 } },
        { "power", Plan with { Power = 0.9 } },
        { "effect", Plan with { MinimumEffect = -0.1 } },
        { "no effect", Plan with { MinimumEffect = null } },
        { "looks", Plan with { Looks = LookSchedule.FixedHorizon } },
        { "segments", Plan with { Segments = ["country"] } },
        { "run time", Plan with { MinimumRunTime = TimeSpan.FromTicks(1) } },
        { "end", Plan with { EndsAt = Plan.EndsAt!.Value.AddTicks(1) } },
        { "metric", Primary(metric => metric with { Name = "margin" }) },
        { "source", Primary(metric => metric with { Source = MetricSource.OutcomeValue }) },
        { "window", Primary(metric => metric with { Definition = metric.Definition with { Window = TimeSpan.FromDays(2) } }) },
        { "aggregation", Primary(metric => metric with { Definition = metric.Definition with { Aggregation = MetricAggregation.Mean } }) },
        { "cap", Primary(metric => metric with { Definition = metric.Definition with { Cap = 500 } }) },
        { "scale", Primary(metric => metric with { Definition = metric.Definition with { Aggregation = MetricAggregation.Mean, Scale = MetricScale.Logarithmic } }) },
        { "baseline", Primary(metric => metric with { Baseline = 51 }) },
        { "standard deviation", Primary(metric => metric with { StandardDeviation = 21 }) },
        { "estimator of a secondary metric", Plan with { SecondaryMetrics = [Plan.SecondaryMetrics[0], Plan.SecondaryMetrics[1] with { Estimator = MetricEstimator.MeanDifference }] } },
        { "fewer metrics", Plan with { SecondaryMetrics = [Plans.Latency] } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Any_change_that_matters_changes_the_hash(string change, AnalysisPlan plan) => Assert.False(Plan.Hash == plan.Hash, change);

    [Fact]
    public void Order_version_and_owner_do_not_change_it()
    {
        var same = Plan with
        {
            SecondaryMetrics = [.. Plan.SecondaryMetrics.Reverse()],
            Segments = ["device", "country"],
            EndsAt = Plan.EndsAt!.Value.ToUniversalTime(),
            Version = 7,
            Owner = "somebody",
            Looks = LookSchedule.AlwaysValid,
        };
        Assert.Equal(Plan.Hash, same.Hash);
        Assert.Equal(Plan.Hash, Primary(metric => metric with { Estimator = MetricEstimator.MeanDifference }).Hash);
    }

    [Fact]
    public void It_is_made_of_the_documented_text()
    {
        const string text =
            "aggregation\tAny\nalpha\t0.05\nbaseline\t0.2\ncontrol\tcontrol\nestimator\tMeanDifference\nexperiment\tcheckout-pricing\nlooks\tAlwaysValid\nmetric\tpurchase\nminimumEffect\t0.25\nminimumRunTime\t00:00:00\n"
            + "power\t0.8\nscale\tLinear\nsides\t2\nsource\tMetric\nwindow\t7.00:00:00\n";

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16], Plans.Conversions().Hash);
    }

    [Fact]
    public void A_name_cannot_pass_for_a_setting()
    {
        var one = Plan with { SecondaryMetrics = [Plans.Latency with { Name = "a:b=c" }] };
        var other = Plan with { SecondaryMetrics = [Plans.Latency with { Name = "a" }], Segments = ["country", "device", "b=c"] };

        Assert.NotEqual(one.Hash, other.Hash);
        Assert.Equal("a:b=c", Assert.Single(Read(one).SecondaryMetrics).Name);
    }

    [Fact]
    public void Random_plans_read_back_from_their_settings_as_they_were()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var plan = Any(random);
            Assert.Empty(AnalysisPlanValidator.Problems(plan));

            var read = Read(plan);

            Assert.Equal(plan.Hash, read.Hash);
            Assert.Equal(plan.PrimaryMetric with { Estimator = plan.PrimaryMetric.EffectiveEstimator }, read.PrimaryMetric);
            Assert.Equal((plan.Alpha, plan.Power, plan.MinimumEffect, plan.Looks, plan.MinimumRunTime, plan.EndsAt), (read.Alpha, read.Power, read.MinimumEffect, read.Looks, read.MinimumRunTime, read.EndsAt));
        }
    }

    [Theory]
    [InlineData("looks", "Sometimes")]
    [InlineData("looks", "GroupSequential(OBrienFleming; 0.5; 0.4)")]
    [InlineData("looks", "GroupSequential(Power(-1); 1)")]
    [InlineData("alpha", "a lot")]
    [InlineData("alpha", "3")]
    [InlineData("source", "12")]
    [InlineData("window", null)]
    public void Settings_of_another_version_are_not_misread(string setting, string? value)
    {
        var settings = Plan.ToSettings();
        settings.Remove(setting);
        if (value is not null)
        {
            settings[setting] = value;
        }

        Assert.Throws<FormatException>(() => new PlanSettingsReader(settings).Read(1, null));
    }

    private static AnalysisPlan Read(AnalysisPlan plan) => new PlanSettingsReader(plan.ToSettings()).Read(plan.Version, plan.Owner);

    private static AnalysisPlan Primary(Func<PlannedMetric, PlannedMetric> change) => Plan with { PrimaryMetric = change(Plan.PrimaryMetric) };

    private static AnalysisPlan Any(Random random)
    {
        SpendingFunction[] spending = [SpendingFunction.OBrienFleming, SpendingFunction.Pocock, SpendingFunction.HwangShihDeCani(random.NextDouble() - 4), SpendingFunction.Power(1 + random.NextDouble())];
        LookSchedule[] looks = [LookSchedule.AlwaysValid, LookSchedule.FixedHorizon, LookSchedule.GroupSequential(spending[random.Next(4)], random.NextDouble() / 2, 0.5 + (random.NextDouble() / 3), 1)];
        return Plans.Conversions() with
        {
            Alpha = 0.001 + (random.NextDouble() * 0.3),
            Power = 0.6 + (random.NextDouble() * 0.39),
            MinimumEffect = 0.01 + random.NextDouble(),
            Looks = looks[random.Next(3)],
            MinimumRunTime = TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerDay * 30)),
            EndsAt = random.Next(2) == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(random.NextInt64(TimeSpan.TicksPerDay * 30_000)),
            Segments = [.. Enumerable.Range(0, random.Next(4)).Select(number => $"s{number}")],
            SecondaryMetrics = random.Next(2) == 0 ? [] : [Plans.Latency],
            PrimaryMetric = Plans.Conversions().PrimaryMetric with { Baseline = 0.001 + (random.NextDouble() * 0.4) },
        };
    }
}
