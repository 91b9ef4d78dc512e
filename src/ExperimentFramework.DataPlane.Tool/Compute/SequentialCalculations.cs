using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Group sequential and always-valid tests.</summary>
internal static class SequentialCalculations
{
    public static IEnumerable<Calculation> All { get; } =
    [
        new("spendingFunction", "spendingFamily (LDOF, LDPocock, HSD, Power), param, alphaOneSided, t[]", "spent[]", Spending),
        new("alphaSpendingBounds", "spendingFamily, param, alpha, sides, informationTimes[], spendingTimes[] or null", "upperZ[], lowerZ[], nominalP[], cumulativeAlphaSpent[]", Bounds),
        new("classicConstant", "type (Pocock, OBrienFleming, WangTsiatis), K, alpha, sides, delta", "constant, upperZ[]", Classic),
        new("peekingInflation", "nominalAlphaTwoSided, informationTimes[]", "typeIError, cumulativeByLook[]", Peeking),
        new("maxSampleInflation", "type or spendingFamily (+ param), K or informationTimes[], alpha, sides, power", "drift, inflationFactor, upperExitProbability[], expectedInformationFractionUnderH1, upperZ[]", Inflation),
        new("conditionalPower", "z, informationFraction, finalCriticalZ, driftAtFullInformation", "conditionalPower", ConditionalPower),
        new("asymptoticConfidenceSequence", "effect, standardError, totalN, alpha, tuningN", "rho, halfWidth, lower, upper, logEValue, pValue, oneSided{rho, halfWidth}", ConfidenceSequence),
        new("normalMixtureBoundTwoSided", "v, alpha, vOpt, alphaOpt", "rho, bound", MixtureBound),
        new("mSprtNormal", "differences[], variancesOfDifference[], tauSquared, alpha", "logLikelihoodRatio[], alwaysValidP[], halfWidth[]", MixtureRatio),
        new("anytimeValidT", "t, nu, n, g, alpha", "logEValue, pValue, ciMultiplierOfStdError", AnytimeStudent),
    ];

    private static void Spending(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var function = Function(inputs);
        var alpha = inputs.Number("alphaOneSided");
        json.Write("spent", Array.ConvertAll(inputs.Numbers("t"), time => function.Spent(alpha, time)));
    }

    private static void Bounds(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var function = Function(inputs);
        var alpha = inputs.Number("alpha");
        var sides = inputs.Integer("sides");
        var times = inputs.Numbers("informationTimes");
        var spendingTimes = inputs.Has("spendingTimes") ? inputs.Numbers("spendingTimes") : times;
        if (spendingTimes.Length != times.Length)
        {
            throw new CalculationInputException($"spendingTimes must have as many values as informationTimes, {times.Length}; it has {spendingTimes.Length}.");
        }

        var upper = GroupSequentialBoundaries.FromSpending(function, alpha, sides, times, spendingTimes).Upper.ToArray();
        WriteBoundaries(json, "upperZ", upper);
        WriteBoundaries(json, "lowerZ", Array.ConvertAll(upper, z => sides == 2 ? -z : double.NegativeInfinity));
        json.Write("nominalP", Array.ConvertAll(upper, z => sides * NormalDistribution.UpperTail(z)));
        json.Write("cumulativeAlphaSpent", Array.ConvertAll(spendingTimes, time => sides * function.Spent(alpha / sides, time)));
    }

    private static void Classic(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var (constant, boundaries) = ClassicDesign.Create(inputs.Integer("K"), inputs.Number("alpha"), inputs.Integer("sides"), Delta(inputs));
        json.Write("constant", constant);
        WriteBoundaries(json, "upperZ", boundaries.Upper.ToArray());
    }

    private static void Peeking(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var cumulative = RepeatedLooks.CumulativeTypeIError(inputs.Number("nominalAlphaTwoSided"), inputs.Numbers("informationTimes"));
        json.Write("typeIError", cumulative[^1]);
        json.Write("cumulativeByLook", cumulative);
    }

    private static void Inflation(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var alpha = inputs.Number("alpha");
        var sides = inputs.Integer("sides");
        var power = inputs.Number("power");
        var times = inputs.Has("informationTimes") ? inputs.Numbers("informationTimes") : EvenTimes(inputs.Integer("K"));
        var boundaries = inputs.Has("spendingFamily")
            ? GroupSequentialBoundaries.FromSpending(Function(inputs), alpha, sides, times)
            : ClassicDesign.Create(times, alpha, sides, Delta(inputs)).Boundaries;

        // Sample sizes are compared at the last look, wherever its information is put.
        var last = times[^1];
        var drift = boundaries.DriftFor(power);
        json.Write("drift", drift * Math.Sqrt(last));
        json.Write("inflationFactor", RepeatedLooks.InflationFactor(drift * Math.Sqrt(last), alpha, sides, power));
        json.Write("upperExitProbability", boundaries.ExitProbabilities(drift).Upper);
        json.Write("expectedInformationFractionUnderH1", boundaries.ExpectedInformation(drift) / last);
        WriteBoundaries(json, "upperZ", boundaries.Upper.ToArray());
    }

    private static void ConditionalPower(CalculationInputs inputs, Utf8JsonWriter json) =>
        json.Write("conditionalPower", RepeatedLooks.ConditionalPower(
            inputs.Number("z"), inputs.Number("informationFraction"), inputs.Number("finalCriticalZ"), inputs.Number("driftAtFullInformation")));

    private static void ConfidenceSequence(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var (standardError, size) = (inputs.Number("standardError"), inputs.Number("totalN"));
        var (alpha, tuning) = (inputs.Number("alpha"), inputs.Number("tuningN"));
        var result = AsymptoticConfidenceSequence.Evaluate(inputs.Number("effect"), standardError, size, alpha, tuning);
        json.Write("rho", Math.Sqrt(result.RhoSquared));
        json.Write("halfWidth", result.HalfWidth);
        json.Write("lower", result.Lower);
        json.Write("upper", result.Upper);
        json.Write("logEValue", result.LogEValue);
        json.Write("pValue", Math.Exp(result.LogPValue));
        json.WritePropertyName("oneSided");
        if (alpha >= 0.5)
        {
            json.WriteNullValue();
            return;
        }

        var (rho, half) = AsymptoticConfidenceSequence.OneSided(standardError, size, alpha, tuning);
        json.WriteStartObject();
        json.Write("rho", rho);
        json.Write("halfWidth", half);
        json.WriteEndObject();
    }

    private static void MixtureBound(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var rho = NormalMixture.Rho(inputs.Number("vOpt"), inputs.Number("alphaOpt"));
        json.Write("rho", rho);
        json.Write("bound", NormalMixture.Bound(inputs.Number("v"), inputs.Number("alpha"), rho));
    }

    private static void MixtureRatio(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var differences = inputs.Numbers("differences");
        var variances = inputs.Numbers("variancesOfDifference");
        var tauSquared = inputs.Number("tauSquared");
        var alpha = inputs.Number("alpha");
        if (differences.Length != variances.Length)
        {
            throw new CalculationInputException($"variancesOfDifference must have as many values as differences, {differences.Length}; it has {variances.Length}.");
        }

        var ratios = differences.Zip(variances, (difference, variance) => NormalMixture.LogLikelihoodRatio(difference, variance, tauSquared)).ToArray();
        var smallest = 0.0;
        json.Write("logLikelihoodRatio", ratios);
        json.Write("alwaysValidP", Array.ConvertAll(ratios, ratio => Math.Exp(smallest = Math.Min(smallest, -ratio))));
        json.Write("halfWidth", Array.ConvertAll(variances, variance => NormalMixture.HalfWidth(variance, tauSquared, alpha)));
    }

    private static void AnytimeStudent(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var (nu, n, g) = (inputs.Number("nu"), inputs.Number("n"), inputs.Number("g"));
        var logEValue = NormalMixture.LogStudentEValue(inputs.Number("t"), nu, n, g);
        json.Write("logEValue", logEValue);
        json.Write("pValue", Math.Exp(Math.Min(0, -logEValue)));
        json.Write("ciMultiplierOfStdError", NormalMixture.StudentMultiplier(nu, n, g, inputs.Number("alpha")));
    }

    private static SpendingFunction Function(CalculationInputs inputs) => inputs.Text("spendingFamily") switch
    {
        "LDOF" => SpendingFunction.OBrienFleming,
        "LDPocock" => SpendingFunction.Pocock,
        "HSD" => SpendingFunction.HwangShihDeCani(inputs.Number("param")),
        "Power" => SpendingFunction.Power(inputs.Number("param")),
        var other => throw new CalculationInputException($"spendingFamily must be LDOF, LDPocock, HSD or Power; it is '{other}'."),
    };

    private static double Delta(CalculationInputs inputs) => inputs.Text("type") switch
    {
        "Pocock" => ClassicDesign.PocockDelta,
        "OBrienFleming" => ClassicDesign.OBrienFlemingDelta,
        "WangTsiatis" => inputs.Number(inputs.Has("delta") ? "delta" : "param"),
        var other => throw new CalculationInputException($"type must be Pocock, OBrienFleming or WangTsiatis; it is '{other}'."),
    };

    private static double[] EvenTimes(int looks) =>
        looks is >= 1 and <= 10_000
            ? [.. Enumerable.Range(1, looks).Select(look => look / (double)looks)]
            : throw new CalculationInputException($"K must be from 1 to 10000; it is {looks}.");

    /// <summary>A look that cannot stop has no boundary.</summary>
    private static void WriteBoundaries(Utf8JsonWriter json, string name, double[] boundaries) =>
        json.Write(name, Array.ConvertAll(boundaries, z => double.IsInfinity(z) ? double.NaN : z));
}
