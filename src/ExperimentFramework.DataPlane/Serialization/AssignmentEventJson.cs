using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads <see cref="AssignmentEvent"/> as JSON.</summary>
internal static class AssignmentEventJson
{
    private static readonly JsonEncodedText PreviousVariantKey = JsonEncodedText.Encode("previousVariantKey");
    private static readonly JsonEncodedText NewVariantKey = JsonEncodedText.Encode("newVariantKey");
    private static readonly JsonEncodedText ChangeReason = JsonEncodedText.Encode("changeReason");
    private static readonly JsonEncodedText AssignmentPolicy = JsonEncodedText.Encode("assignmentPolicy");

    public static void Write(Utf8JsonWriter json, AssignmentEvent source)
    {
        EventJson.WriteCommon(json, source);
        EventSubject.Write(json, source.SubjectId, source.SubjectType, source.TenantId);
        json.WriteString(PreviousVariantKey, source.PreviousVariantKey);
        json.WriteString(NewVariantKey, source.NewVariantKey);
        json.WriteString(ChangeReason, source.ChangeReason);
        EnumText<AssignmentPolicy>.Write(json, AssignmentPolicy, source.AssignmentPolicy, source.UnknownValues);
    }

    public static AssignmentEvent Read(ref JsonCursor json)
    {
        var header = default(EventHeader);
        var subject = default(EventSubject);
        string? previousVariantKey = null;
        string? newVariantKey = null;
        string? changeReason = null;
        AssignmentPolicy? assignmentPolicy = null;
        Dictionary<string, string>? unknown = null;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "previousVariantKey":
                    previousVariantKey = json.Text();
                    break;
                case "newVariantKey":
                    newVariantKey = json.Text();
                    break;
                case "changeReason":
                    changeReason = json.Text();
                    break;
                case "assignmentPolicy":
                    assignmentPolicy = json.Value<AssignmentPolicy>("assignmentPolicy", ref unknown);
                    break;
                default:
                    if (!header.TryRead(ref json, name) && !subject.TryRead(ref json, name))
                    {
                        json.Skip();
                    }

                    break;
            }
        }

        return new AssignmentEvent
        {
            SchemaVersion = header.SchemaVersion(json),
            ExperimentName = header.ExperimentName(json),
            Timestamp = header.Timestamp(json),
            SubjectId = subject.Id,
            SubjectType = subject.Type,
            TenantId = subject.TenantId,
            PreviousVariantKey = previousVariantKey ?? throw json.Missing("previousVariantKey"),
            NewVariantKey = newVariantKey ?? throw json.Missing("newVariantKey"),
            ChangeReason = changeReason ?? throw json.Missing("changeReason"),
            AssignmentPolicy = assignmentPolicy ?? throw json.Missing("assignmentPolicy"),
            UnknownValues = unknown,
        };
    }
}
