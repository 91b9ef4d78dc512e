namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class ReadOutSimulations
{
    [Fact]
    public void Without_an_effect_the_guarded_difference_of_rare_conversions_at_90_to_10_stays_below_nominal()
    {
        var (shown, unguarded, runs) = FalsePositives();

        Simulation.Report($"| difference, 1 %, 90/10, guarded | {runs:N0} | {shown / (double)runs:P1} |");
        Simulation.Report($"| difference, 1 %, 90/10, without the guard | {runs:N0} | {unguarded / (double)runs:P1} |");
        Assert.True(shown <= Simulation.Allowed(0.05, runs) * runs, $"{shown} of {runs} experiments without an effect showed one.");

        // What the guard is for: without it the same looks are wrong several times as often.
        Assert.True(unguarded > 3 * 0.05 * runs, $"{unguarded} of {runs}");
    }

    [Fact]
    public void Without_an_effect_the_exact_ratio_stays_below_nominal()
    {
        var random = new Random(20265);
        int runs = Simulation.Runs(200, 4_000), wrong = 0;
        for (var run = 0; run < runs; run++)
        {
            long control = 0, treatment = 0;
            for (var look = 0; look < 200; look++)
            {
                control += Simulation.Binomial(random, 900, 0.01);
                treatment += Simulation.Binomial(random, 100, 0.01);
                if (SequentialSampleRatio.LogMixtureEValue([control, treatment], [0.9, 0.1], ConversionRatio.Concentrations) >= Math.Log(20))
                {
                    wrong++;
                    break;
                }
            }
        }

        Simulation.Report($"| exact ratio, 1 %, 90/10 | {runs:N0} | {wrong / (double)runs:P1} |");
        Assert.True(wrong <= Simulation.Allowed(0.05, runs) * runs, $"{wrong} of {runs} experiments without an effect showed one.");
    }

    [Theory]
    [InlineData(0.01, 5_000, 0.01)]
    [InlineData(0.01, 10_000, 0.01)]
    [InlineData(0.05, 10_000, 0.01)]
    [InlineData(0.01, 2_000, 0.05)]
    public void Without_an_effect_a_ramp_from_a_small_share_stays_below_nominal(double share, int before, double rate)
    {
        var random = new Random(20267);
        int runs = Simulation.Runs(300, 4_000), wrong = 0;
        for (var run = 0; run < runs; run++)
        {
            var first = Draw(random, before * (1 - share), before * share, rate);
            Arms<MeanAccumulator> second = default;
            for (var look = 0; look < 20; look++)
            {
                var more = Draw(random, 500, 500, rate);
                second = new(second.Control.Merge(more.Control), second.Treatment.Merge(more.Treatment));
                Arms<MeanAccumulator>[] sufficient = [.. new[] { first, second }.Where(HasEnough)];
                if (sufficient.Length > 0 && MeanDifference.Evaluate(sufficient, 0.05, 10_000).ReadOut.Sequence.LogEValue >= Math.Log(20))
                {
                    wrong++;
                    break;
                }
            }
        }

        Simulation.Report($"| difference, {rate:P0}, {before:N0} subjects at {1 - share:P0}, then 50/50 | {runs:N0} | {wrong / (double)runs:P1} |");
        Assert.True(wrong <= Simulation.Allowed(0.05, runs) * runs, $"{wrong} of {runs} experiments without an effect showed one.");
    }

    [Theory]
    [InlineData(0.1, 0.01)]
    [InlineData(0.1, 0.002)]
    [InlineData(0.05, 0.005)]
    [InlineData(0.05, 0.02)]
    public void Without_an_effect_the_capped_revenue_of_few_buyers_at_an_uneven_split_stays_below_nominal(double share, double buyers)
    {
        var random = new Random(20268);
        int runs = Simulation.Runs(300, 4_000), wrong = 0;
        for (var run = 0; run < runs; run++)
        {
            var (control, treatment) = (default(Revenue), default(Revenue));
            for (var subjects = 0; subjects < 40_000;)
            {
                var more = subjects == 0 ? (int)(ReadOutGuard.SubjectsPerArm / share) : 2_000;
                subjects += more;
                control = control.Add(random, (int)(more * (1 - share)), buyers);
                treatment = treatment.Add(random, (int)(more * share), buyers);
                var isShown = ReadOutGuard.HasEnoughForMeans(control.Values.Count, treatment.Values.Count, isEvenSplit: false)
                    && ReadOutGuard.SmallestExpectedNonZero(control.Values.Count, control.Buyers, treatment.Values.Count, treatment.Buyers) >= ReadOutGuard.SmallestExpectedConversions;
                if (isShown && control.Values.M2 + treatment.Values.M2 > 0
                    && MeanDifference.Evaluate(control.Values, treatment.Values, 0.05, 10_000).Sequence.LogEValue >= Math.Log(20))
                {
                    wrong++;
                    break;
                }
            }
        }

        Simulation.Report($"| capped revenue, {buyers:P1} buyers, {1 - share:P0}/{share:P0} | {runs:N0} | {wrong / (double)runs:P1} |");
        Assert.True(wrong <= Simulation.Allowed(0.05, runs) * runs, $"{wrong} of {runs} experiments without an effect showed one.");
    }

    /// <summary>Orders of 50 in the median, capped at 500; subjects who buy nothing have 0.</summary>
    private readonly record struct Revenue(MeanAccumulator Values, double Buyers)
    {
        public Revenue Add(Random random, int subjects, double share)
        {
            var buyers = Simulation.Binomial(random, subjects, share);
            var values = new MeanAccumulator(subjects - buyers, 0, 0);
            for (var buyer = 0; buyer < buyers; buyer++)
            {
                var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                values = values.Add(Math.Min(500, 50 * Math.Exp(0.7 * normal)));
            }

            return new Revenue(Values.Merge(values), Buyers + buyers);
        }
    }

    private static bool HasEnough(Arms<MeanAccumulator> arms) =>
        ReadOutGuard.SmallestExpectedCount(arms.Control.Count, arms.Control.Count * arms.Control.Mean, arms.Treatment.Count, arms.Treatment.Count * arms.Treatment.Mean) >= ReadOutGuard.SmallestExpectedConversions;

    private static Arms<MeanAccumulator> Draw(Random random, double control, double treatment, double rate) => new(
        MeanAccumulator.OfConversions(control, Simulation.Binomial(random, (int)control, rate)),
        MeanAccumulator.OfConversions(treatment, Simulation.Binomial(random, (int)treatment, rate)));

    private static (int Guarded, int Unguarded, int Runs) FalsePositives()
    {
        var random = new Random(20264);
        int runs = Simulation.Runs(300, 4_000), guarded = 0, unguarded = 0;
        for (var run = 0; run < runs; run++)
        {
            double control = 0, controlConversions = 0, treatment = 0, treatmentConversions = 0;
            bool isShown = false, isWrong = false;
            for (var look = 0; look < 400 && !isShown; look++)
            {
                // The first looks come early, as people's do.
                var size = look < 100 ? 10 : 1_000;
                control += size * 0.9;
                controlConversions += Simulation.Binomial(random, size * 9 / 10, 0.01);
                treatment += size * 0.1;
                treatmentConversions += Simulation.Binomial(random, size / 10, 0.01);
                var (a, b) = (MeanAccumulator.OfConversions(control, controlConversions), MeanAccumulator.OfConversions(treatment, treatmentConversions));
                if (control < 2 || treatment < 2 || a.M2 + b.M2 == 0 || MeanDifference.Evaluate(a, b, 0.05, 10_000).Sequence.LogEValue < Math.Log(20))
                {
                    continue;
                }

                isWrong = true;
                isShown = ReadOutGuard.SmallestExpectedCount(control, controlConversions, treatment, treatmentConversions) >= ReadOutGuard.SmallestExpectedConversions;
            }

            guarded += isShown ? 1 : 0;
            unguarded += isWrong ? 1 : 0;
        }

        return (guarded, unguarded, runs);
    }
}
