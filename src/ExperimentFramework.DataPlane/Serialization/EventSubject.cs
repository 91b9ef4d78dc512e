namespace ExperimentFramework.DataPlane;

/// <summary>Reads the fields of the subject that an event is about.</summary>
internal struct EventSubject
{
    /// <summary>The id; null if it is absent.</summary>
    public string? Id { get; private set; }

    /// <summary>The type; null if it is absent.</summary>
    public string? Type { get; private set; }

    /// <summary>The tenant; null if it is absent.</summary>
    public string? TenantId { get; private set; }

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
