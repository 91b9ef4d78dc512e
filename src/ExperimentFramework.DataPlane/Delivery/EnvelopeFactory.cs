using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>Makes the envelopes that destinations see: ids and correlation.</summary>
internal sealed class EnvelopeFactory
{
    private readonly EventIds _ids = new();

    /// <summary>The id of the event that was recorded at this time under this number.</summary>
    public Guid IdOf(long timestamp, long number) => _ids.Create(new DateTimeOffset(timestamp, TimeSpan.Zero), number);

    public DataPlaneEnvelope Make(in EventRecord record) =>
        record.Content as DataPlaneEnvelope ?? Wrap(record.Form!.Make(record), IdOf(record.Timestamp, record.Number), record.Activity);

    public static DataPlaneEnvelope Wrap(DataPlaneEvent payload, Guid eventId, Activity? activity) => new()
    {
        EventId = eventId,
        Timestamp = payload.Timestamp,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
        CorrelationId = activity is { IdFormat: ActivityIdFormat.W3C } ? activity.TraceId.ToHexString() : null,
    };
}
