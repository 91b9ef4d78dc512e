using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>Makes the envelopes that destinations see: ids and correlation, and redaction, which no event can go round.</summary>
internal sealed class EnvelopeFactory(EventRedaction redaction)
{
    private readonly EventIds _ids = new();

    /// <summary>The id of the event that was recorded at this time under this number.</summary>
    public Guid GetEventId(long timestamp, long number) => _ids.Create(new DateTimeOffset(timestamp, TimeSpan.Zero), number);

    /// <summary>Makes the envelope of a record; one that is an envelope already has been here.</summary>
    /// <param name="record">The record.</param>
    /// <param name="before">An event that this one brings with it, to be told first.</param>
    /// <param name="envelope">The envelope.</param>
    /// <returns>False where the event cannot be read.</returns>
    public bool TryCreate(in EventRecord record, out DataPlaneEvent? before, [NotNullWhen(true)] out DataPlaneEnvelope? envelope)
    {
        before = null;
        envelope = record.Payload as DataPlaneEnvelope;
        if (envelope is not null)
        {
            return true;
        }

        try
        {
            envelope = Wrap(record.Factory!.Create(record, out before), GetEventId(record.Timestamp, record.Number), record.Activity);
            return redaction.TryApply(ref envelope);
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static DataPlaneEnvelope Wrap(DataPlaneEvent payload, Guid eventId, Activity? activity) => new()
    {
        EventId = eventId,
        Timestamp = payload.Timestamp,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
        CorrelationId = activity is { IdFormat: ActivityIdFormat.W3C } ? activity.TraceId.ToHexString() : null,
    };
}
