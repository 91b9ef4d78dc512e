using System.Net.Http.Headers;
using ExperimentFramework.DataPlane.OpenTelemetry;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>Writes log records with the same fields and nothing else, and posts them.</summary>
internal static class BareOtlpLoop
{
    private static readonly AttributeName Country = new("experiment.attributes.country");
    private static readonly AttributeName Items = new("experiment.attributes.items");
    private static readonly AttributeName Severity = new("INFO");

    public static async Task PostAsync(Uri address, DataPlaneEnvelope[][] batches)
    {
        using var http = new HttpClient();
        using var writer = new ProtobufWriter();
        foreach (var batch in batches)
        {
            writer.Clear();
            var resource = writer.Begin(1);
            var scope = writer.Begin(2);
            foreach (var envelope in batch)
            {
                Write(writer, envelope);
            }

            writer.End(scope);
            writer.End(resource);
            using var content = new ReadOnlyMemoryContent(writer.Written);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            using var response = await http.PostAsync(new Uri(address, "/v1/logs"), content);
            response.EnsureSuccessStatusCode();
        }
    }

    private static void Write(ProtobufWriter writer, DataPlaneEnvelope envelope)
    {
        var exposure = (ExposureEvent)envelope.Payload;
        var record = writer.Begin(2);
        var time = (ulong)(envelope.Timestamp - DateTimeOffset.UnixEpoch).Ticks * 100;
        writer.Fixed64(1, time);
        writer.Fixed64(11, time);
        writer.Varint(2, 9);
        writer.Bytes(3, Severity.Utf8);
        writer.Bytes(12, EventNames.Evaluation.Utf8);
        var attributes = new LogRecordAttributes(writer, 6);
        attributes.Id(AttributeNames.EventId, envelope.EventId);
        attributes.Text(AttributeNames.EventType, "Exposure");
        attributes.Text(AttributeNames.SchemaVersion, envelope.SchemaVersion);
        attributes.Text(AttributeNames.Experiment, exposure.ExperimentName);
        attributes.Text(AttributeNames.FlagKey, exposure.ExperimentName);
        attributes.Text(AttributeNames.FlagVariant, exposure.VariantKey);
        attributes.Text(AttributeNames.FlagReason, "split");
        attributes.Text(AttributeNames.FlagProvider, EventAttributes.ProviderName);
        attributes.Text(AttributeNames.FlagContextId, exposure.SubjectId!);
        attributes.Text(AttributeNames.FlagVersion, exposure.AllocationVersion!);
        attributes.Text(AttributeNames.Arm, exposure.VariantKey);
        attributes.Text(AttributeNames.SubjectType, exposure.SubjectType!);
        attributes.Text(AttributeNames.SelectionReason, exposure.SelectionReason);
        attributes.Text(AttributeNames.AssignmentPolicy, "BestEffort");
        attributes.Boolean(AttributeNames.IsRepeatExposure, exposure.IsRepeatExposure);
        attributes.Number(AttributeNames.SamplingRate, exposure.SamplingRate);
        attributes.Id(AttributeNames.VariantBuild, exposure.VariantBuild!.Value);
        attributes.Text(Country, (string)exposure.Attributes!["country"]!);
        attributes.Integer(Items, (long)exposure.Attributes["items"]!);
        writer.End(record);
    }
}
