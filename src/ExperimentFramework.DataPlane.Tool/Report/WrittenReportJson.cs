using System.Text.Json;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes as JSON what was reported.</summary>
internal static class WrittenReportJson
{
    public static void Write(Utf8JsonWriter json, WrittenReport report)
    {
        json.WriteString("target", report.Target.Path);
        json.WriteString("format", report.Target.FormatName);
        json.WriteNumber("events", report.Events);
        json.WriteNumber("unreadable", report.Unreadable);
        json.WriteObjects("experiments", report.Experiments, status =>
        {
            json.WriteString("name", status.Name);
            json.WriteString("splitState", SampleRatioText.Of(status.State));
            json.WriteNumber("subjects", status.Subjects);
            json.WriteString("doubt", status.Doubt);
        });
    }
}
