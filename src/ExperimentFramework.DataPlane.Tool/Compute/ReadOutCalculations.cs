using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Effects with intervals that may be looked at at any time.</summary>
internal static class ReadOutCalculations
{
    private const string Outputs = "rhoSquared, g, estimate, standardError, z, halfWidth, lower, upper, logEValue, logPValue, relativeEstimate, relativeLower, relativeUpper";

    public static IEnumerable<Calculation> All { get; } =
    [
        new("meanDifference", "control{n, mean, m2}, treatment{n, mean, m2}, alpha, tuningN", Outputs, Mean),
        new("stratifiedMeanDifference", "epochs[{control{n, mean, m2}, treatment{n, mean, m2}}], alpha, tuningN", Outputs + ", epochsUsed", Stratified),
        new("cupedMeanDifference", "control{n, meanY, meanX, m2Y, m2X, cXY}, treatment{…}, alpha, tuningN", Outputs + ", theta, unadjustedEstimate", Adjusted),
        new("ratioMetricDifference", "control{n, sumY, sumD, sumYY, sumDD, sumYD}, treatment{…}, alpha, tuningN", Outputs + ", controlRatio, treatmentRatio", Ratio),
        new("conversionDifference", "control{n, conversions}, treatment{n, conversions}, alpha, tuningN", Outputs + ", smallestExpectedCount, status (ok, insufficient)", Conversions),
        new("conversionRatioExact", "epochs[{conversions[2], weights[2]}], concentrations[], alpha", "logEValueAtOne, logPValue, ratioEstimate, lower, upper", ExactRatio),
    ];

    private static void Mean(CalculationInputs inputs, Utf8JsonWriter json) =>
        Write(json, MeanDifference.Evaluate(Arm(inputs.Object("control")), Arm(inputs.Object("treatment")), inputs.Number("alpha"), inputs.Number("tuningN")));

    private static void Stratified(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var strata = Array.ConvertAll(
            inputs.Objects("epochs"), epoch => new Arms<MeanAccumulator>(Arm(epoch.Object("control")), Arm(epoch.Object("treatment"))));
        var (readOut, used) = MeanDifference.Evaluate(strata, inputs.Number("alpha"), inputs.Number("tuningN"));
        Write(json, readOut);
        json.WriteNumber("epochsUsed", used);
    }

    private static void Adjusted(CalculationInputs inputs, Utf8JsonWriter json)
    {
        static PairAccumulator Pairs(CalculationInputs arm) =>
            new(arm.Number("n"), arm.Number("meanY"), arm.Number("meanX"), arm.Number("m2Y"), arm.Number("m2X"), arm.Number("cXY"));
        var (readOut, theta, unadjusted) = MeanDifference.EvaluateAdjusted(
            Pairs(inputs.Object("control")), Pairs(inputs.Object("treatment")), inputs.Number("alpha"), inputs.Number("tuningN"));
        Write(json, readOut);
        json.Write("theta", theta);
        json.Write("unadjustedEstimate", unadjusted);
    }

    private static void Ratio(CalculationInputs inputs, Utf8JsonWriter json)
    {
        static PairAccumulator Sums(CalculationInputs arm) => PairAccumulator.OfSums(
            arm.Number("n"), arm.Number("sumY"), arm.Number("sumD"), arm.Number("sumYY"), arm.Number("sumDD"), arm.Number("sumYD"));
        var (readOut, controlRatio, treatmentRatio) = MeanDifference.EvaluateRatio(
            Sums(inputs.Object("control")), Sums(inputs.Object("treatment")), inputs.Number("alpha"), inputs.Number("tuningN"));
        Write(json, readOut);
        json.Write("controlRatio", controlRatio);
        json.Write("treatmentRatio", treatmentRatio);
    }

    private static void Conversions(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var (control, treatment) = (inputs.Object("control"), inputs.Object("treatment"));
        var (controlN, controlConversions) = (control.Number("n"), control.Number("conversions"));
        var (treatmentN, treatmentConversions) = (treatment.Number("n"), treatment.Number("conversions"));
        var ofControl = MeanAccumulator.OfConversions(controlN, controlConversions);
        var ofTreatment = MeanAccumulator.OfConversions(treatmentN, treatmentConversions);
        var smallest = ReadOutGuard.SmallestExpectedCount(controlN, controlConversions, treatmentN, treatmentConversions);
        if (controlN >= 2 && treatmentN >= 2 && ofControl.M2 + ofTreatment.M2 > 0)
        {
            Write(json, MeanDifference.Evaluate(ofControl, ofTreatment, inputs.Number("alpha"), inputs.Number("tuningN")));
        }
        else
        {
            foreach (var output in Outputs.Split(", "))
            {
                json.WriteNull(output);
            }
        }

        json.Write("smallestExpectedCount", smallest);
        json.WriteString("status", smallest >= ReadOutGuard.SmallestExpectedConversions ? "ok" : "insufficient");
    }

    private static void ExactRatio(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var strata = Array.ConvertAll(inputs.Objects("epochs"), epoch =>
        {
            var (conversions, weights) = (epoch.Counts("conversions"), epoch.Numbers("weights"));
            return conversions.Length == 2 && weights.Length == 2
                ? new ConversionStratum(conversions[0], conversions[1], weights[0], weights[1])
                : throw new CalculationInputException("epochs must have two conversions and two weights each: control's, treatment's.");
        });
        double[] concentrations = inputs.Has("concentrations") ? inputs.Numbers("concentrations") : [.. ConversionRatio.Concentrations];
        var result = ConversionRatio.Evaluate(strata, inputs.Number("alpha"), concentrations);
        json.Write("logEValueAtOne", result.LogEValueAtOne);
        json.Write("logPValue", result.LogPValue);
        json.Write("ratioEstimate", result.Ratio);
        json.Write("lower", result.Lower);
        json.Write("upper", result.Upper);
    }

    private static MeanAccumulator Arm(CalculationInputs arm) => new(arm.Number("n"), arm.Number("mean"), arm.Number("m2"));

    private static void Write(Utf8JsonWriter json, ReadOut readOut)
    {
        json.Write("rhoSquared", readOut.Sequence.RhoSquared);
        json.Write("g", readOut.Sequence.InformationRatio);
        json.Write("estimate", readOut.Estimate);
        json.Write("standardError", readOut.StandardError);
        json.Write("z", readOut.Z);
        json.Write("halfWidth", readOut.Sequence.HalfWidth);
        json.Write("lower", readOut.Sequence.Lower);
        json.Write("upper", readOut.Sequence.Upper);
        json.Write("logEValue", readOut.Sequence.LogEValue);
        json.Write("logPValue", readOut.Sequence.LogPValue);
        json.Write("relativeEstimate", readOut.Relative?.Estimate);
        json.Write("relativeLower", readOut.Relative?.Lower);
        json.Write("relativeUpper", readOut.Relative?.Upper);
    }
}
