namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>What a plan promises: that its effect is found with the planned power.</summary>
public sealed class PowerSimulations
{
    private static readonly Dictionary<string, double> Even = new() { ["control"] = 1, ["b"] = 1 };

    [Theory]
    [InlineData(0.2, 0.1, 2)]
    [InlineData(0.2, 0.1, 1)]
    [InlineData(0.05, 0.1, 2)]
    [InlineData(0.01, 0.3, 2)]
    public void An_effect_that_may_be_looked_at_at_any_time_is_found_with_the_planned_power_by_the_sample_for_it(double rate, double effect, int sides)
    {
        var plan = Plans.Conversions() with { MinimumEffect = effect, Sides = sides, PrimaryMetric = Plans.Conversions().PrimaryMetric with { Baseline = rate } };
        var sample = PlannedSample.Of(plan, Even)!;
        var isRatio = plan.PrimaryMetric.EffectiveEstimator == MetricEstimator.ConversionRatio;
        var random = new Random(20269);
        int runs = Simulation.Runs(300, 4_000), found = 0, foundAtTotal = 0;
        const int Looks = 100;
        for (var run = 0; run < runs; run++)
        {
            long control = 0, treatment = 0;
            for (var look = 1; look <= Looks; look++)
            {
                var before = sample.TotalForPower / 2 * (look - 1) / Looks;
                var now = sample.TotalForPower / 2 * look / Looks;
                control += Simulation.Binomial(random, (int)(now - before), rate);
                treatment += Simulation.Binomial(random, (int)(now - before), rate * (1 + effect));
                if (Rejects(now, control, treatment))
                {
                    found++;
                    foundAtTotal += 2 * now <= sample.Total ? 1 : 0;
                    break;
                }
            }
        }

        Simulation.Report($"| {rate:P0} x {1 + effect}, {sides} sides, {plan.PrimaryMetric.EffectiveEstimator}: {sample.Total:N0} and {sample.TotalForPower:N0} subjects | {runs:N0} | {foundAtTotal / (double)runs:P0} | {found / (double)runs:P0} |");
        var tolerance = 5 * Math.Sqrt(plan.Power * (1 - plan.Power) / runs);
        Assert.InRange(found / (double)runs, plan.Power - tolerance, plan.Power + tolerance);
        Assert.InRange(foundAtTotal / (double)runs, 0, plan.Power - tolerance);

        bool Rejects(long subjects, long control, long treatment)
        {
            if (isRatio)
            {
                return ConversionRatio.Evaluate([new ConversionStratum(control, treatment, 1, 1)], plan.Alpha).LogPValue <= Math.Log(plan.Alpha);
            }

            if (control == 0 || treatment == 0)
            {
                return false;
            }

            var (a, b) = (MeanAccumulator.OfConversions(subjects, control), MeanAccumulator.OfConversions(subjects, treatment));
            var readOut = MeanDifference.Evaluate(a, b, plan.Alpha, sample.Total);
            return sides == 2
                ? readOut.Sequence.LogPValue <= Math.Log(plan.Alpha)
                : readOut.Estimate >= AsymptoticConfidenceSequence.OneSided(readOut.StandardError, 2 * subjects, plan.Alpha, sample.Total).HalfWidth;
        }
    }
}
