using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Sample sizes, power and minimum detectable effects.</summary>
internal static class PowerCalculations
{
    private const string ProportionVariants = "variant (pooledNullVariance, pooledNullVarianceContinuityCorrected, unpooledVariance, arcsineCohenH)";
    private const string MeanVariants = "variant (normal, noncentralT_equalVariance)";
    private const string Student = "noncentralT_equalVariance";

    public static IEnumerable<Calculation> All { get; } =
    [
        new("twoProportionsSampleSize", $"p1, p2, alpha, power, sides, ratioN2overN1, {ProportionVariants}", "n1Exact, n1, n2, total", ProportionsSize),
        new("twoProportionsPower", $"p1, p2, n1, alpha, sides, ratioN2overN1", "powerPooledNull, powerUnpooled, powerPooledNullBothTails", ProportionsPower),
        new("twoProportionsMde", $"p1, n1, alpha, power, sides, ratioN2overN1, {ProportionVariants}", "mdeAbsoluteUp, mdeAbsoluteDown, mdeRelativeUp", ProportionsMde),
        new("twoMeansSampleSize", $"difference, sd1 and sd2 or sd, alpha, power, sides, ratioN2overN1, {MeanVariants}", "n1Exact, n1, n2, total, powerAtN1", MeansSize),
        new("twoMeansPower", $"difference, sd1 and sd2 or sd, n1, alpha, sides, ratioN2overN1, {MeanVariants}", "powerNearTail", MeansPower),
        new("twoMeansMde", $"sd1 and sd2 or sd, n1, alpha, power, sides, ratioN2overN1, {MeanVariants}", "mdeAbsolute", MeansMde),
        new("powerThreshold", $"baselineRate, mdeRelative, counts[2], alpha, sides, targetPower, {ProportionVariants}", "powerAtCurrentN, powerThresholdMet, requiredN1EqualSplit", Threshold),
    ];

    private static void ProportionsSize(CalculationInputs inputs, Utf8JsonWriter json) => Write(json, TwoProportions.Size(
        inputs.Number("p1"), inputs.Number("p2"), inputs.Number("power"), Test(inputs), Method(inputs)));

    private static void ProportionsPower(CalculationInputs inputs, Utf8JsonWriter json)
    {
        double Power(ProportionMethod method, bool bothTails) => TwoProportions.Power(
            inputs.Number("p1"), inputs.Number("p2"), inputs.Number("n1"), Test(inputs), method, bothTails);
        json.Write("powerPooledNull", Power(ProportionMethod.PooledNullVariance, false));
        json.Write("powerUnpooled", Power(ProportionMethod.UnpooledVariance, false));
        json.Write("powerPooledNullBothTails", Power(ProportionMethod.PooledNullVariance, true));
    }

    private static void ProportionsMde(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var (p1, n1, power) = (inputs.Number("p1"), inputs.Number("n1"), inputs.Number("power"));
        var up = TwoProportions.DetectableIncrease(p1, n1, power, Test(inputs), Method(inputs));
        json.Write("mdeAbsoluteUp", up);
        json.Write("mdeAbsoluteDown", TwoProportions.DetectableDecrease(p1, n1, power, Test(inputs), Method(inputs)));
        json.Write("mdeRelativeUp", up / p1);
    }

    private static void MeansSize(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var (difference, power, test) = (inputs.Number("difference"), inputs.Number("power"), Test(inputs));
        if (IsStudent(inputs))
        {
            var sd = EqualDeviation(inputs);
            var size = TwoMeans.StudentSize(difference, sd, power, test);
            Write(json, size);
            json.Write("powerAtN1", TwoMeans.StudentPower(difference, sd, size.N1, test));
        }
        else
        {
            var (sd1, sd2) = Deviations(inputs);
            var size = TwoMeans.Size(difference, sd1, sd2, power, test);
            Write(json, size);
            json.Write("powerAtN1", TwoMeans.Power(difference, sd1, sd2, size.N1, test));
        }
    }

    private static void MeansPower(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var (difference, n1, test) = (inputs.Number("difference"), inputs.Number("n1"), Test(inputs));
        var (sd1, sd2) = Deviations(inputs);
        json.Write("powerNearTail", IsStudent(inputs)
            ? TwoMeans.StudentPower(difference, EqualDeviation(inputs), n1, test)
            : TwoMeans.Power(difference, sd1, sd2, n1, test));
    }

    private static void MeansMde(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var (n1, power, test) = (inputs.Number("n1"), inputs.Number("power"), Test(inputs));
        var (sd1, sd2) = Deviations(inputs);
        json.Write("mdeAbsolute", IsStudent(inputs)
            ? TwoMeans.StudentDetectable(EqualDeviation(inputs), n1, power, test)
            : TwoMeans.Detectable(sd1, sd2, n1, power, test));
    }

    private static void Threshold(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var counts = inputs.Numbers("counts");
        if (counts is not [var n1, var n2])
        {
            throw new CalculationInputException($"counts must have two values; it has {counts.Length}.");
        }

        if (!(n1 > 0 && n2 > 0))
        {
            throw new CalculationInputException($"counts must be above 0; they are {n1:R} and {n2:R}.");
        }

        var reached = PowerReached.OfProportions(
            inputs.Number("baselineRate"), inputs.Number("mdeRelative"), n1, inputs.Number("targetPower"), Test(inputs, n2 / n1), Method(inputs));
        json.Write("powerAtCurrentN", reached.PowerNow);
        json.WriteBoolean("powerThresholdMet", reached.IsReached);
        json.Write("requiredN1EqualSplit", reached.RequiredN1);
    }

    private static TwoArmTest Test(CalculationInputs inputs) => Test(inputs, inputs.Number("ratioN2overN1", 1));

    private static TwoArmTest Test(CalculationInputs inputs, double ratio) => new(inputs.Number("alpha"), inputs.Integer("sides", 2), ratio);

    private static ProportionMethod Method(CalculationInputs inputs) => (inputs.Has("variant") ? inputs.Text("variant") : "pooledNullVariance") switch
    {
        "pooledNullVariance" => ProportionMethod.PooledNullVariance,
        "pooledNullVarianceContinuityCorrected" => ProportionMethod.PooledNullVarianceContinuityCorrected,
        "unpooledVariance" => ProportionMethod.UnpooledVariance,
        "arcsineCohenH" => ProportionMethod.ArcsineCohenH,
        var other => throw new CalculationInputException(
            $"variant must be pooledNullVariance, pooledNullVarianceContinuityCorrected, unpooledVariance or arcsineCohenH; it is '{other}'."),
    };

    private static bool IsStudent(CalculationInputs inputs) => (inputs.Has("variant") ? inputs.Text("variant") : "normal") switch
    {
        "normal" => false,
        Student => true,
        var other => throw new CalculationInputException($"variant must be normal or {Student}; it is '{other}'."),
    };

    private static (double First, double Second) Deviations(CalculationInputs inputs)
    {
        if (inputs.Has("sd"))
        {
            return (inputs.Number("sd"), inputs.Number("sd"));
        }

        var first = inputs.Number("sd1");
        return (first, inputs.Number("sd2", first));
    }

    private static double EqualDeviation(CalculationInputs inputs)
    {
        var (first, second) = Deviations(inputs);
        return first == second
            ? first
            : throw new CalculationInputException($"sd2 must be sd1 for {Student}, which has one standard deviation; they are {first:R} and {second:R}.");
    }

    private static void Write(Utf8JsonWriter json, SampleSize size)
    {
        json.Write("n1Exact", size.ExactN1);
        json.Write("n1", size.N1);
        json.Write("n2", size.N2);
        json.Write("total", size.Total);
    }
}
