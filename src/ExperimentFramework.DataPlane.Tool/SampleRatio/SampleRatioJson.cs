using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes sample ratios as JSON.</summary>
internal static class SampleRatioJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<SampleRatioReport> reports, ExperimentMonitor monitor)
    {
        json.WriteObjects("experiments", reports, report => Write(json, report));
        MonitorBounds.Write(json, monitor);
    }

    private static void Write(Utf8JsonWriter json, SampleRatioReport report)
    {
        var status = report.Status;
        json.WriteString("name", status.Name);
        json.WriteBoolean("isBroken", report.IsBroken);
        json.WriteNumber("subjects", status.Subjects);
        json.WriteNumber("countedShare", status.CountedShare);
        json.WriteNumber("crossovers", status.Crossovers);
        json.WriteStartObject("sequential");
        json.WriteString("state", SampleRatioText.Of(status.State));
        json.WriteString("notTestableReason", status.NotTestableReason);
        json.Write("pValue", Math.Exp(status.LogPValue));
        json.Write("logPValue", status.LogPValue);
        json.WriteNumber("run", status.Run);
        json.WriteString("pseudonymKeyId", status.PseudonymKeyId);
        json.WriteEndObject();
        Write(json, "oneLook", report.Pooled);
        json.WriteObjects("versions", report.Versions, version =>
        {
            json.WriteString("allocationVersion", version.Version);
            json.WriteString("severity", version.Result is { } result ? SeverityOf(result.Severity) : "undeclared");
            Write(json, "oneLook", version.Result?.ChiSquare);
            json.Write("exactPValue", version.ExactPValue);
            json.WriteObjects("variants", version.Variants, variant =>
            {
                json.WriteString("key", variant.Key);
                json.Write("weight", variant.Weight);
                json.WriteNumber("subjects", variant.Subjects);
                json.Write("expected", variant.Expected);
            });
        });
        json.WriteObjects("segments", report.Segments, segment =>
        {
            json.WriteString("name", segment.Name);
            json.WriteNumber("subjects", segment.Subjects);
            Write(json, "oneLook", segment.ChiSquare);
            json.Write("adjustedPValue", Math.Exp(segment.AdjustedLogPValue));
        });
        json.WriteStartObject("excluded");
        foreach (var (reason, exposures) in status.Excluded.OrderBy(static excluded => excluded.Key, StringComparer.Ordinal))
        {
            json.WriteNumber(reason, exposures);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ChiSquareResult? result)
    {
        if (result is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.Write("chiSquare", result.Statistic);
        json.WriteNumber("degreesOfFreedom", result.DegreesOfFreedom);
        json.Write("pValue", result.PValue);
        json.Write("logPValue", result.LogPValue);
        json.WriteEndObject();
    }

    private static string SeverityOf(SampleRatioSeverity severity) => severity switch
    {
        SampleRatioSeverity.None => "none",
        SampleRatioSeverity.Warning => "warning",
        SampleRatioSeverity.Alert => "alert",
        SampleRatioSeverity.Insufficient => "insufficient",
        _ => "notTestable",
    };
}
