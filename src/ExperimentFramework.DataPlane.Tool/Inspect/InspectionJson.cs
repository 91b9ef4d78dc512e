using System.Text.Json;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes an inspection as JSON.</summary>
internal static class InspectionJson
{
    public static void Write(Utf8JsonWriter json, Inspection inspection)
    {
        var summary = inspection.Summary;
        json.WriteObjects("files", inspection.Formats.OrderBy(static format => format.Key), format =>
        {
            json.WriteString("format", SourceFormatText.Of(format.Key));
            json.WriteNumber("count", format.Value.Files);
            json.WriteNumber("bytes", format.Value.Bytes);
        });
        json.WriteNumber("events", summary.Events);
        json.WriteNumber("duplicates", summary.Duplicates);
        json.WriteBoolean("duplicatesAreEstimated", summary.DuplicatesAreEstimated);
        json.WriteNumber("unreadable", inspection.Faults.Count);
        json.WriteTime("first", summary.Times.First);
        json.WriteTime("last", summary.Times.Last);
        json.WriteObjects("categories", summary.Schemas, schema =>
        {
            json.WriteString("eventType", schema.Category);
            json.WriteString("schemaVersion", schema.Version);
            json.WriteNumber("events", schema.Count);
        });
        json.WriteObjects("experiments", summary.Experiments, experiment => WriteExperiment(json, experiment));
        json.WriteString("completeness", CompletenessText.Of(CompletenessText.Worst(inspection.Producers)));
        json.WriteObjects("producers", inspection.Producers, producer => WriteProducer(json, producer));
        json.WriteObjects("drops", summary.Drops, drop =>
        {
            json.WriteString("experiment", drop.Experiment);
            json.WriteString("eventType", drop.Category);
            json.WriteString("reason", drop.Reason);
            json.WriteNumber("events", drop.Count);
        });
    }

    /// <summary>Writes what accounts say of a producer.</summary>
    public static void WriteProducer(Utf8JsonWriter json, ProducerCompleteness completeness)
    {
        var producer = completeness.Producer;
        json.WriteString("producerId", producer.Id);
        json.WriteString("state", CompletenessText.Of(completeness.State));
        json.WriteNumber("expected", completeness.Expected);
        json.WriteNumber("arrived", completeness.Arrived);
        json.WriteNumber("missing", completeness.Missing);
        json.WriteTime("first", producer.Times.First);
        json.WriteTime("last", producer.Times.Last);
        json.WriteTexts("destinations", producer.Accounts.Select(static account => account.Destination));
    }

    private static void WriteExperiment(Utf8JsonWriter json, ExperimentSummary experiment)
    {
        json.WriteString("name", experiment.Name);
        json.WriteNumber("subjects", experiment.Subjects);
        json.WriteBoolean("subjectsAreEstimated", experiment.IsEstimate);
        json.WriteNumber("subjectsHeld", experiment.SampleSize);
        json.WriteNumber("subjectsRelativeError", experiment.RelativeError);
        json.WriteNumber("exposures", experiment.Exposures);
        json.WriteNumber("exposuresWithoutSubject", experiment.ExposuresWithoutSubject);
        json.WriteNumber("outcomes", experiment.Outcomes);
        json.WriteTime("first", experiment.Times.First);
        json.WriteTime("last", experiment.Times.Last);
        json.WriteTexts("allocationVersions", experiment.AllocationVersions);
        json.WriteObjects("variants", experiment.Variants, variant =>
        {
            json.WriteString("key", variant.Key);
            json.WriteNumber("subjects", variant.Subjects);
            json.WriteNumber("exposures", variant.Exposures);
            json.WriteNumber("fallbacks", variant.Fallbacks);
            json.WriteNumber("outcomes", variant.Outcomes);
            json.WriteNumber("failures", variant.Failures);
        });
    }
}
