using System.Collections;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// The state of a log entry: the attributes of an event. A log processor of the OpenTelemetry SDK finds the event's own time and trace in <see cref="Envelope"/>.
/// </summary>
internal readonly struct EventLogState(DataPlaneEnvelope envelope, List<KeyValuePair<string, object?>> attributes) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public DataPlaneEnvelope Envelope => envelope;

    public int Count => attributes.Count;

    public KeyValuePair<string, object?> this[int index] => attributes[index];

    /// <summary>Returns the text of the entry: the event's message, or else its name.</summary>
    public static string Format(EventLogState state, Exception? exception) => EventAttributes.BodyOf(state.Envelope.Payload) ?? EventNames.Of(state.Envelope.Payload).Text;

    public List<KeyValuePair<string, object?>>.Enumerator GetEnumerator() => attributes.GetEnumerator();

    IEnumerator<KeyValuePair<string, object?>> IEnumerable<KeyValuePair<string, object?>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => Format(this, null);
}
