using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes read-outs as JSON.</summary>
internal static class ReadOutJson
{
    public static void Write(Utf8JsonWriter json, SampleRatioReport split, IReadOnlyList<MetricReadOut> readOuts, ExperimentMonitor monitor)
    {
        var status = split.Status;
        json.WriteString("experiment", status.Name);
        json.WriteString("splitState", SampleRatioText.Of(status.State));
        json.WriteBoolean("isBroken", split.IsBroken);
        json.WriteString("doubt", status.Doubt);
        json.WriteNumber("subjects", status.Subjects);
        json.WriteNumber("countedShare", status.CountedShare);
        json.WriteNumber("crossovers", status.Crossovers);
        MonitorBounds.Write(json, monitor);
        json.WriteObjects("metrics", readOuts, readOut => Write(json, readOut));
    }

    private static void Write(Utf8JsonWriter json, MetricReadOut readOut)
    {
        json.WriteString("name", readOut.Name);
        json.WriteString("source", readOut.Source.ToString());
        json.WriteString("estimator", readOut.Estimator.ToString());
        json.WriteBoolean("isPrimary", readOut.IsPrimary);
        json.WriteBoolean("isPlanned", readOut.IsPlanned);
        json.WriteString("state", ReadOutText.Of(readOut.State));
        json.WriteString("missing", readOut.Missing);
        json.WriteString("control", readOut.Control);
        json.Write("alpha", readOut.Alpha);
        json.Write("windowSeconds", readOut.Definition.Window.TotalSeconds);
        json.WriteNumber("mature", readOut.Mature);
        json.WriteNumber("immature", readOut.Immature);
        json.WriteNumber("withoutValue", readOut.WithoutValue);
        json.WriteNumber("late", readOut.Late);
        json.WriteNumber("duplicates", readOut.Duplicates);
        json.WriteNumber("invalid", readOut.Invalid);
        json.WriteNumber("collectedShare", readOut.CollectedShare);
        json.WriteObjects("variants", readOut.Variants, variant => Write(json, variant));
        json.Write("expectedFalseSegments", readOut.ExpectedFalseSegments);
        json.WriteObjects("segments", readOut.Segments, segment =>
        {
            json.WriteString("name", segment.Name);
            json.WriteBoolean("isRest", segment.IsRest);
            json.WriteObjects("variants", segment.Variants, variant => Write(json, variant));
        });
    }

    private static void Write(Utf8JsonWriter json, VariantReadOut variant)
    {
        json.WriteString("key", variant.Key);
        json.WriteNumber("subjects", variant.Subjects);
        json.Write("conversions", variant.Conversions);
        json.Write("mean", variant.Mean);
        json.Write("standardDeviation", variant.StandardDeviation);
        Write(json, variant.Comparison);
    }

    private static void Write(Utf8JsonWriter json, VariantComparison? comparison)
    {
        if (comparison is null)
        {
            json.WriteNull("comparison");
            return;
        }

        json.WriteStartObject("comparison");
        json.WriteString("state", ReadOutText.Of(comparison.State));
        json.WriteString("missing", comparison.Missing);
        Write(json, "difference", comparison.Difference);
        Write(json, "lift", comparison.Lift);
        json.Write("logPValue", comparison.LogPValue);
        json.WriteString("verdict", ReadOutText.Of(comparison.Verdict));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, EffectInterval? effect)
    {
        if (effect is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.Write("estimate", effect.Estimate);
        json.Write("lower", effect.Lower);
        json.Write("upper", effect.Upper);
        json.WriteEndObject();
    }
}
