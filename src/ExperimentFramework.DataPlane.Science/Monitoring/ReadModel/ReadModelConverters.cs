using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Writes infinite numbers as the largest finite ones, because a subject in a variant that the plan excludes is infinitely strong evidence. Writes NaN as null.</summary>
internal sealed class FiniteNumberConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsNaN(value))
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteNumberValue(Math.Clamp(value, double.MinValue, double.MaxValue));
        }
    }
}

/// <summary>Writes times as events do.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
}

/// <summary>Writes durations in seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
}

/// <summary>Writes an event as every destination does.</summary>
internal sealed class EnvelopeConverter : JsonConverter<DataPlaneEnvelope>
{
    public override DataPlaneEnvelope Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return DataPlaneJson.Deserialize(document.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, DataPlaneEnvelope value, JsonSerializerOptions options)
    {
        using var envelope = new DataPlaneJsonWriter();
        writer.WriteRawValue(envelope.Write(value).Span);
    }
}

/// <summary>Writes signals in the form of event payloads.</summary>
internal sealed class SignalListConverter : JsonConverter<IReadOnlyList<AnalysisSignalEvent>>
{
    public override IReadOnlyList<AnalysisSignalEvent> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Signals of a read model can be written, but not read.");

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<AnalysisSignalEvent> value, JsonSerializerOptions options)
    {
        using var payload = new DataPlaneJsonWriter();
        writer.WriteStartArray();
        foreach (var signal in value)
        {
            writer.WriteRawValue(payload.WritePayload(new DataPlaneEnvelope
            {
                EventId = Guid.Empty,
                Timestamp = signal.Timestamp,
                EventType = signal.EventType,
                SchemaVersion = signal.SchemaVersion,
                Payload = signal,
            }).Span);
        }

        writer.WriteEndArray();
    }
}
