using System.Collections.Frozen;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Counts the fields of JSON lines that this version does not know. Readers pass over them: a newer version added them, or somebody misspelt them.</summary>
internal sealed class UnknownFields
{
    private const int MaxNames = 1_000;

    private readonly BoundedNames<UnknownField> _fields = new(MaxNames, static name => new UnknownField(name));

    /// <summary>The fields, by name.</summary>
    public IEnumerable<UnknownField> All => _fields.All;

    /// <summary>Looks at the fields of an event.</summary>
    public void Add(in SourceEvent read)
    {
        // A CloudEvent has attributes of its own around the event.
        if (read.Json.IsEmpty || !KnownFields.OfPayload.TryGetValue(read.Envelope.EventType, out var known) || read.Json.Span.IndexOf("\"specversion\""u8) >= 0)
        {
            return;
        }

        var json = new Utf8JsonReader(read.Json.Span);
        json.Read();
        Scan(ref json, KnownFields.OfEnvelope, known, "", read);
    }

    private void Scan(ref Utf8JsonReader json, FrozenSet<string> fields, FrozenSet<string>? payloadFields, string prefix, in SourceEvent read)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isPayload = payloadFields is not null && json.ValueTextEquals("payload"u8);
            if (!IsKnown(ref json, fields))
            {
                var field = _fields[$"{read.Envelope.EventType} {prefix}{json.GetString()}"];
                field.Count++;
                field.First ??= EventPlace.Of(read);
            }

            json.Read();
            if (isPayload)
            {
                Scan(ref json, payloadFields!, null, "payload.", read);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private static bool IsKnown(ref Utf8JsonReader json, FrozenSet<string> fields)
    {
        const int LongestField = 64;
        if (json.ValueIsEscaped || json.ValueSpan.Length > LongestField)
        {
            return fields.Contains(json.GetString()!);
        }

        Span<char> name = stackalloc char[LongestField];
        return fields.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name[..System.Text.Encoding.UTF8.GetChars(json.ValueSpan, name)]);
    }
}
