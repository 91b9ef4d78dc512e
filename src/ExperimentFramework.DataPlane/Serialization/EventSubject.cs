using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads the fields of the subject that an event is about.</summary>
internal struct EventSubject
{
    private static readonly JsonEncodedText SubjectIdName = JsonEncodedText.Encode("subjectId");
    private static readonly JsonEncodedText SubjectTypeName = JsonEncodedText.Encode("subjectType");
    private static readonly JsonEncodedText TenantIdName = JsonEncodedText.Encode("tenantId");

    /// <summary>The id; null if it is absent.</summary>
    public string? Id { get; private set; }

    /// <summary>The type; null if it is absent.</summary>
    public string? Type { get; private set; }

    /// <summary>The tenant; null if it is absent.</summary>
    public string? TenantId { get; private set; }

    /// <summary>Returns the id of the subject that an event is about; null if there is none.</summary>
    public static string? IdOf(DataPlaneEvent source) => source switch
    {
        ExposureEvent exposure => exposure.SubjectId,
        AssignmentEvent assignment => assignment.SubjectId,
        OutcomeEvent outcome => outcome.SubjectId,
        MetricEvent metric => metric.SubjectId,
        _ => null,
    };

    /// <summary>Returns the tenant of the subject that an event is about; null if there is none.</summary>
    public static string? TenantOf(DataPlaneEvent source) => source switch
    {
        ExposureEvent exposure => exposure.TenantId,
        AssignmentEvent assignment => assignment.TenantId,
        OutcomeEvent outcome => outcome.TenantId,
        MetricEvent metric => metric.TenantId,
        _ => null,
    };

    /// <summary>Writes the fields, except those that are null.</summary>
    public static void Write(Utf8JsonWriter json, string? id, string? type, string? tenantId)
    {
        EventJson.WriteOptional(json, SubjectIdName, id);
        EventJson.WriteOptional(json, SubjectTypeName, type);
        EventJson.WriteOptional(json, TenantIdName, tenantId);
    }

    /// <summary>Reads the value of a field, if the field is one of these.</summary>
    /// <returns>False if the value has not been read.</returns>
    public bool TryRead(ref JsonCursor json, string name)
    {
        switch (name)
        {
            case "subjectId":
                Id = json.OptionalText();
                return true;
            case "subjectType":
                Type = json.OptionalText();
                return true;
            case "tenantId":
                TenantId = json.OptionalText();
                return true;
            default:
                return false;
        }
    }
}
