using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>Creates the envelopes for destinations: adds ids and correlation, and applies redaction, which no event can bypass.</summary>
internal sealed class EnvelopeFactory(EventRedaction redaction)
{
    private readonly EventIds _ids = new();

    /// <summary>Gets the producer that the ids of all events name.</summary>
    public string Producer => _ids.Producer;

    /// <summary>Returns the id of the event that was recorded with this timestamp and number.</summary>
    public Guid GetEventId(long timestamp, long number) => _ids.Create(new DateTimeOffset(timestamp, TimeSpan.Zero), number);

    /// <summary>Creates the envelope of a record. A record that already contains an envelope has been processed before.</summary>
    /// <param name="record">The record.</param>
    /// <param name="precedingEvent">An additional event that must be published first; null if there is none.</param>
    /// <param name="envelope">The envelope.</param>
    /// <returns>False if the event could not be created or redacted.</returns>
    public bool TryCreate(in EventRecord record, out DataPlaneEvent? precedingEvent, [NotNullWhen(true)] out DataPlaneEnvelope? envelope)
    {
        precedingEvent = null;
        envelope = record.Payload as DataPlaneEnvelope;
        if (envelope is not null)
        {
            return true;
        }

        try
        {
            envelope = Wrap(record.Factory!.Create(record, out precedingEvent), GetEventId(record.Timestamp, record.Number), record.Activity);
            return redaction.TryApply(ref envelope);
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static DataPlaneEnvelope Wrap(DataPlaneEvent payload, Guid eventId, Activity? activity)
    {
        var isTraced = activity is { IdFormat: ActivityIdFormat.W3C };
        return new()
        {
            EventId = eventId,
            Timestamp = payload.Timestamp,
            EventType = payload.EventType,
            SchemaVersion = payload.SchemaVersion,
            Payload = payload,
            CorrelationId = isTraced ? activity!.TraceId.ToHexString() : null,
            SpanId = isTraced ? activity!.SpanId.ToHexString() : null,
        };
    }
}
