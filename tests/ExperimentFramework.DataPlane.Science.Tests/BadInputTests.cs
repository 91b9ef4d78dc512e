namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Every function refuses what it cannot compute, and names the argument, its value and its range.</summary>
public sealed class BadInputTests
{
    private static readonly double[] NotFinite = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];
    private static readonly double[] NoProbability = [.. NotFinite, 0, 1, -0.1, 1.1];
    private static readonly double[] NotPositive = [.. NotFinite, 0, -1];
    private static readonly double[] Negative = [.. NotFinite, -1];

    public static TheoryData<string, string, double> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, double>();
            foreach (var (function, argument, values) in Table)
            {
                foreach (var value in values)
                {
                    cases.Add(function, argument, value);
                }
            }

            return cases;
        }
    }

    private static IEnumerable<(string Function, string Argument, double[] Values)> Table =>
        Functions.SelectMany(function => function.Value.Arguments.Select(argument => (function.Key, argument.Name, argument.Bad)));

    private static Dictionary<string, (Func<double[], double> Run, (string Name, double Good, double[] Bad)[] Arguments)> Functions => new()
    {
        ["LogGamma"] = (x => GammaFunctions.LogGamma(x[0]), [("x", 2, NotPositive)]),
        ["StirlingCorrection"] = (x => GammaFunctions.StirlingCorrection(x[0]), [("x", 2, NotPositive)]),
        ["LogBeta"] = (x => GammaFunctions.LogBeta(x[0], x[1]), [("a", 2, NotPositive), ("b", 2, NotPositive)]),
        ["LogUpper"] = (x => IncompleteGamma.LogUpper(x[0], x[1]), [("a", 2, [.. NotPositive, 0.4, 2e9]), ("x", 2, Negative)]),
        ["LogLower"] = (x => IncompleteGamma.LogLower(x[0], x[1]), [("a", 2, [.. NotPositive, 0.4, 2e9]), ("x", 2, Negative)]),
        ["LogChiSquareUpperTail"] = (x => IncompleteGamma.LogChiSquareUpperTail(x[0], x[1]), [("statistic", 2, Negative), ("degreesOfFreedom", 2, [.. NotPositive, 0.5])]),
        ["NormalUpperQuantile"] = (x => NormalDistribution.UpperQuantile(x[0]), [("probability", 0.3, NoProbability)]),
        ["NormalUpperQuantileFromLog"] = (x => NormalDistribution.UpperQuantileFromLog(x[0]), [("logProbability", -1, [.. NotFinite, 0, 1])]),
        ["StudentTail"] = (x => StudentDistribution.LogUpperTail(x[0], x[1], x[2]), [("t", 2, NotFinite), ("degreesOfFreedom", 9, [.. NotPositive, 0.5]), ("noncentrality", 1, NotFinite)]),
        ["StudentQuantile"] = (x => StudentDistribution.UpperQuantile(x[0], x[1]), [("probability", 0.3, NoProbability), ("degreesOfFreedom", 9, [.. NotPositive, 0.5])]),
        ["GaussLegendre"] = (x => new GaussLegendre((int)x[0]).Nodes[0], [("count", 4, [0, -1, 1_001])]),
        ["Weights"] = (x => Allocation.FromWeights(x[0], 1).Shares[0], [("weights", 1, Negative)]),
        ["Counts"] = (x => SampleRatioTest.Evaluate([(long)x[0], 1], Allocation.FromWeights(1.0, 1.0)).Total, [("counts", 1, [-1])]),
        ["LogEValue"] = (x => SequentialSampleRatio.LogEValue([(long)x[0], 1], [0.5, 0.5], x[1]), [("counts", 1, [-1]), ("concentration", 10, NotPositive)]),
        ["Posterior"] = (x => SequentialSampleRatio.PosteriorProbability(1, x[0]), [("priorOdds", 1, NotPositive)]),
        ["FirstAtMost"] = (x => new SequentialSampleRatioPath().FirstAtMost(x[0]) ?? 0, [("level", 0.3, NoProbability)]),
        ["SubjectCounter"] = (x => SubjectCounter.Count([new(x[0], "a", (int)x[1])], 2).Subjects, [("exposures", 1, NotFinite), ("exposures", 1, [-1, 2])]),
        ["Spent"] = (x => SpendingFunction.Pocock.Spent(x[0], x[1]), [("alpha", 0.05, NoProbability), ("time", 0.5, Negative)]),
        ["HwangShihDeCani"] = (x => SpendingFunction.HwangShihDeCani(x[0]).Spent(0.05, 0.5), [("gamma", 1, [.. NotFinite, 701, -701])]),
        ["PowerSpending"] = (x => SpendingFunction.Power(x[0]).Spent(0.05, 0.5), [("rho", 1, NotPositive)]),
        ["FromSpending"] = (x => GroupSequentialBoundaries.FromSpending(SpendingFunction.Pocock, x[0], (int)x[1], [x[2], 1]).Upper[0],
            [("alpha", 0.05, NoProbability), ("sides", 2, [0, 3]), ("informationTimes", 0.5, [.. NotPositive, 1, 1.5])]),
        ["SpendingTimes"] = (x => GroupSequentialBoundaries.FromSpending(SpendingFunction.Pocock, 0.05, 1, [0.4, 1], [0.5, x[0]]).Upper[0], [("spendingTimes", 1, [0.4])]),
        ["FromValues"] = (x => GroupSequentialBoundaries.FromValues([x[0]], (int)x[1], [x[2]]).Upper[0], [("upper", 2, [double.NaN]), ("sides", 2, [0, 3]), ("informationTimes", 1, NotPositive)]),
        ["ExitProbabilities"] = (x => GroupSequentialBoundaries.FromValues([2], 2, [1]).ExitProbabilities(x[0]).Upper[0], [("drift", 1, NotFinite)]),
        ["DriftFor"] = (x => GroupSequentialBoundaries.FromValues([2], 2, [1]).DriftFor(x[0]), [("power", 0.8, [.. NoProbability, 0.01])]),
        ["ClassicDesign"] = (x => ClassicDesign.Create((int)x[0], x[1], (int)x[2], x[3]).Constant,
            [("looks", 2, [0, -1, 1_001]), ("alpha", 0.05, NoProbability), ("sides", 2, [0, 3]), ("delta", 0.3, [.. NotFinite, 6])]),
        ["CumulativeTypeIError"] = (x => RepeatedLooks.CumulativeTypeIError(x[0], [x[1], 1])[0], [("nominalAlpha", 0.05, NoProbability), ("informationTimes", 0.5, NotPositive)]),
        ["InflationFactor"] = (x => RepeatedLooks.InflationFactor(x[0], x[1], (int)x[2], x[3]), [("drift", 3, NotFinite), ("alpha", 0.05, NoProbability), ("sides", 1, [0, 3]), ("power", 0.8, NoProbability)]),
        ["ConditionalPower"] = (x => RepeatedLooks.ConditionalPower(x[0], x[1], x[2], x[3]),
            [("z", 1, NotFinite), ("informationFraction", 0.5, NoProbability), ("finalCriticalZ", 2, NotFinite), ("driftAtFullInformation", 2, NotFinite)]),
        ["ConfidenceSequence"] = (x => AsymptoticConfidenceSequence.Evaluate(x[0], x[1], x[2], x[3], x[4]).HalfWidth,
            [("estimate", 1, NotFinite), ("standardError", 1, NotPositive), ("size", 9, NotPositive), ("alpha", 0.05, NoProbability), ("tuningSize", 9, NotPositive)]),
        ["OneSided"] = (x => AsymptoticConfidenceSequence.OneSided(x[0], x[1], x[2], x[3]).HalfWidth,
            [("standardError", 1, NotPositive), ("size", 9, NotPositive), ("alpha", 0.05, [.. NoProbability, 0.5]), ("tuningSize", 9, NotPositive)]),
        ["MixtureRho"] = (x => NormalMixture.Rho(x[0], x[1]), [("intrinsicTime", 1, NotPositive), ("alpha", 0.05, NoProbability)]),
        ["MixtureBound"] = (x => NormalMixture.Bound(x[0], x[1], x[2]), [("intrinsicTime", 1, Negative), ("alpha", 0.05, NoProbability), ("rho", 1, NotPositive)]),
        ["MixtureRatio"] = (x => NormalMixture.LogLikelihoodRatio(x[0], x[1], x[2]), [("difference", 1, NotFinite), ("variance", 1, NotPositive), ("tauSquared", 1, NotPositive)]),
        ["MixtureHalfWidth"] = (x => NormalMixture.HalfWidth(x[0], x[1], x[2]), [("variance", 1, NotPositive), ("tauSquared", 1, NotPositive), ("alpha", 0.05, NoProbability)]),
        ["StudentEValue"] = (x => NormalMixture.LogStudentEValue(x[0], x[1], x[2], x[3]), [("t", 1, NotFinite), ("degreesOfFreedom", 9, NotPositive), ("size", 9, NotPositive), ("g", 1, NotPositive)]),
        ["StudentMultiplier"] = (x => NormalMixture.StudentMultiplier(x[0], x[1], x[2], x[3]), [("degreesOfFreedom", 9, NotPositive), ("size", 9, NotPositive), ("g", 1, NotPositive), ("alpha", 0.05, NoProbability)]),
        ["ProportionsSize"] = (x => TwoProportions.Size(x[0], x[1], x[3], new TwoArmTest(x[2], (int)x[4], x[5])).N1,
            [("p1", 0.1, NoProbability), ("p2", 0.2, [.. NoProbability, 0.1]), ("alpha", 0.05, NoProbability), ("power", 0.8, [.. NoProbability, 0.02]), ("sides", 2, [0, 3]), ("ratio", 1, NotPositive)]),
        ["ProportionsPower"] = (x => TwoProportions.Power(x[0], x[1], x[2], new TwoArmTest(x[3], (int)x[4], x[5])),
            [("p1", 0.1, NoProbability), ("p2", 0.2, NoProbability), ("n1", 10, NotPositive), ("alpha", 0.05, NoProbability), ("sides", 2, [0, 3]), ("ratio", 1, NotPositive)]),
        ["ProportionsMde"] = (x => TwoProportions.DetectableIncrease(x[0], x[1], x[3], new TwoArmTest(x[2])) ?? 0,
            [("p1", 0.1, NoProbability), ("n1", 10, NotPositive), ("alpha", 0.05, NoProbability), ("power", 0.8, [.. NoProbability, 0.02])]),
        ["MeansSize"] = (x => TwoMeans.Size(x[0], x[1], x[2], x[4], new TwoArmTest(x[3])).N1,
            [("difference", 1, [.. NotFinite, 0]), ("sd1", 1, NotPositive), ("sd2", 1, NotPositive), ("alpha", 0.05, NoProbability), ("power", 0.8, [.. NoProbability, 0.02])]),
        ["MeansPower"] = (x => TwoMeans.Power(x[0], x[1], x[2], x[3], new TwoArmTest(x[4])), [("difference", 1, NotFinite), ("sd1", 1, NotPositive), ("sd2", 1, NotPositive), ("n1", 9, NotPositive), ("alpha", 0.05, NoProbability)]),
        ["StudentPower"] = (x => TwoMeans.StudentPower(x[0], x[1], x[2], new TwoArmTest(x[3])), [("difference", 1, NotFinite), ("sd1", 1, NotPositive), ("n1", 9, [.. NotPositive, 1.4]), ("alpha", 0.05, NoProbability)]),
        ["StudentMde"] = (x => TwoMeans.StudentDetectable(x[0], x[1], x[3], new TwoArmTest(x[2])), [("sd1", 1, NotPositive), ("n1", 9, [.. NotPositive, 1.4]), ("alpha", 0.05, NoProbability), ("power", 0.8, [.. NoProbability, 0.02])]),
        ["PowerReached"] = (x => PowerReached.OfProportions(x[0], x[1], x[2], 0.8, new TwoArmTest(0.05, ratio: x[3])).PowerNow,
            [("baselineRate", 0.1, NoProbability), ("relativeEffect", 0.1, [.. NotFinite, 9, -1]), ("n1", 9, NotPositive), ("ratio", 1, NotPositive)]),
        ["Add"] = (x => default(MeanAccumulator).Add(x[0]).Mean, [("value", 1, NotFinite)]),
        ["OfConversions"] = (x => MeanAccumulator.OfConversions(x[0], x[1]).Mean, [("count", 9, Negative), ("conversions", 2, [.. Negative, 10])]),
        ["MeanDifference"] = (x => MeanDifference.Evaluate(new MeanAccumulator(x[0], x[1], x[2]), new MeanAccumulator(9, 1, 9), x[3], x[4]).Estimate,
            [("control.n", 9, Negative), ("control.mean", 1, NotFinite), ("control.m2", 9, Negative), ("alpha", 0.05, NoProbability), ("tuningSize", 9, NotPositive)]),
        ["ConversionRatio"] = (x => ConversionRatio.Evaluate([new(5, (long)x[0], x[1], 1)], x[2]).Ratio, [("counts", 5, [-1]), ("weights", 1, NotPositive), ("alpha", 0.05, NoProbability)]),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Is_refused_with_the_argument_s_name(string function, string argument, double value)
    {
        var (run, arguments) = Functions[function];
        double[] good = [.. arguments.Select(one => one.Good)];
        Assert.False(double.IsNaN(run(good)));
        var at = Array.FindIndex(arguments, one => one.Name == argument && one.Bad.Any(bad => bad.Equals(value)));
        good[at] = value;

        var error = Assert.ThrowsAny<ArgumentException>(() => run(good));

        Assert.Contains(argument, error.Message);
    }

    [Fact]
    public void Empty_arrays_and_arrays_of_other_lengths_are_refused()
    {
        Assert.Contains("weights", Assert.ThrowsAny<ArgumentException>(() => Allocation.FromWeights(ReadOnlySpan<double>.Empty)).Message);
        Assert.Contains("sum above 0", Assert.ThrowsAny<ArgumentException>(() => Allocation.FromWeights(0.0, 0.0)).Message);
        Assert.Contains("'x'", Assert.ThrowsAny<ArgumentException>(() => Allocation.Parse("1", "x")).Message);
        Assert.Contains("at least 0", Assert.ThrowsAny<ArgumentException>(() => Allocation.Parse("1", "-1")).Message);
        Assert.ThrowsAny<ArgumentException>(() => Allocation.Parse("1", "1/0"));
        Assert.ThrowsAny<ArgumentException>(() => Allocation.Parse("1", "1e999999999"));
        Assert.Contains("as many values as weights, 2; it has 3", Assert.ThrowsAny<ArgumentException>(() => SampleRatioTest.Evaluate([1, 2, 3], Allocation.FromWeights(1.0, 1.0))).Message);
        Assert.ThrowsAny<ArgumentException>(() => SampleRatioTest.Stratified());
        Assert.ThrowsAny<ArgumentException>(() => SampleRatioTest.PooledDeviations());
        Assert.ThrowsAny<ArgumentException>(() => GroupSequentialBoundaries.FromSpending(SpendingFunction.Pocock, 0.05, 1, []));
        Assert.ThrowsAny<ArgumentException>(() => GroupSequentialBoundaries.FromValues([2, 2], 1, [1]));
        Assert.ThrowsAny<ArgumentException>(() => GroupSequentialBoundaries.FromSpending(SpendingFunction.Pocock, 0.05, 1, new double[10_001]));
        Assert.ThrowsAny<ArgumentException>(() => SequentialSampleRatio.LogEValueWithStarts([5, 5], [new long[] { 6, 1 }], [], [0.5, 0.5]));
        Assert.ThrowsAny<ArgumentException>(() => SequentialSampleRatio.LogEValueWithStarts([5, 5], [new long[] { 1, 1 }, new long[] { 2, 2 }], [0.3, 0.3], [0.5, 0.5]));
        Assert.ThrowsAny<ArgumentException>(() => ConversionRatio.Evaluate([], 0.05));
    }

    [Fact]
    public void Moments_that_no_values_have_are_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => PairAccumulator.OfSums(1_000, 3_000, 5_000, 12, 30_000, 17_000));
        var impossible = new PairAccumulator(100, 1, 1, 4, 4, 5);
        Assert.Contains("cXY", Assert.ThrowsAny<ArgumentException>(() => MeanDifference.EvaluateAdjusted(impossible, impossible, 0.05, 100)).Message);
    }

    [Fact]
    public void Limits_are_reached_and_not_missed()
    {
        Assert.Equal(1.3266, NormalMixture.LogStudentEValue(1e200, 5, 7, 10), 1e-4);
        Assert.Equal(double.NegativeInfinity, SequentialSampleRatio.LogEValue([1, 2], [0.5, 0.5], 100, [1.0, 0.0]));
        Assert.Equal(0, IncompleteGamma.LogUpper(2, 0));
        Assert.Equal(double.NegativeInfinity, IncompleteGamma.LogLower(2, 0));
        Assert.Equal(double.NegativeInfinity, NormalDistribution.LogUpperTail(double.PositiveInfinity));
        Assert.Equal(0, NormalDistribution.LogUpperTail(double.NegativeInfinity));
        Assert.Equal(1, NormalDistribution.UpperTail(double.NegativeInfinity));
        Assert.Equal(0, NormalDistribution.UpperTail(double.PositiveInfinity));
        Assert.True(double.IsNaN(NormalDistribution.LogUpperTail(double.NaN)));
        Assert.Equal(double.PositiveInfinity, SequentialSampleRatio.LogEValue([5, 1], [1.0, 0.0], 100));
        Assert.Equal(0, SequentialSampleRatio.LogEValue([5, 0], [1.0, 0.0], 100), 1e-12);
        Assert.Equal(double.NegativeInfinity, MultinomialDistribution.LogProbability([5, 1], [1.0, 0.0]));
        Assert.Equal(double.NegativeInfinity, LogarithmicFunctions.LogSumExp([]));
        Assert.Equal(double.NegativeInfinity, LogarithmicFunctions.LogOnePlus(-1));
        Assert.True(double.IsNaN(LogarithmicFunctions.LogOnePlus(-1.5)));
    }
}
