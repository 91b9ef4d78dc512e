using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes and reads <see cref="ExposureEvent"/> as JSON.</summary>
internal static class ExposureEventJson
{
    private static readonly JsonEncodedText VariantKey = JsonEncodedText.Encode("variantKey");
    private static readonly JsonEncodedText AssignedVariantKey = JsonEncodedText.Encode("assignedVariantKey");
    private static readonly JsonEncodedText SelectionReason = JsonEncodedText.Encode("selectionReason");
    private static readonly JsonEncodedText RulePath = JsonEncodedText.Encode("rulePath");
    private static readonly JsonEncodedText AssignmentPolicy = JsonEncodedText.Encode("assignmentPolicy");
    private static readonly JsonEncodedText AllocationVersion = JsonEncodedText.Encode("allocationVersion");
    private static readonly JsonEncodedText IsRepeatExposure = JsonEncodedText.Encode("isRepeatExposure");
    private static readonly JsonEncodedText SamplingRate = JsonEncodedText.Encode("samplingRate");
    private static readonly JsonEncodedText VariantBuild = JsonEncodedText.Encode("variantBuild");
    private static readonly JsonEncodedText Attributes = JsonEncodedText.Encode("attributes");
    private static readonly JsonEncodedText AttributeTypes = JsonEncodedText.Encode("attributeTypes");

    /// <returns>The number of attribute values that were replaced with the name of their type.</returns>
    public static int Write(Utf8JsonWriter json, ExposureEvent source)
    {
        EventJson.WriteCommon(json, source);
        json.WriteString(VariantKey, source.VariantKey);
        EventJson.WriteOptional(json, AssignedVariantKey, source.AssignedVariantKey);
        EventSubject.Write(json, source.SubjectId, source.SubjectType, source.TenantId);
        json.WriteString(SelectionReason, source.SelectionReason);
        EventJson.WriteOptional(json, RulePath, source.RulePath);
        EnumText<AssignmentPolicy>.Write(json, AssignmentPolicy, source.AssignmentPolicy, source.UnknownValues);
        EventJson.WriteOptional(json, AllocationVersion, source.AllocationVersion);
        json.WriteBoolean(IsRepeatExposure, source.IsRepeatExposure);
        EventJson.WriteDouble(json, SamplingRate, source.SamplingRate);
        if (source.VariantBuild is { } variantBuild)
        {
            json.WriteString(VariantBuild, variantBuild);
        }

        return source.Attributes is null ? 0 : AttributesJson.Write(json, Attributes, AttributeTypes, source.Attributes);
    }

    public static ExposureEvent Read(ref JsonCursor json)
    {
        var header = default(EventHeader);
        var subject = default(EventSubject);
        string? variantKey = null;
        string? assignedVariantKey = null;
        string? selectionReason = null;
        string? rulePath = null;
        AssignmentPolicy? assignmentPolicy = null;
        string? allocationVersion = null;
        bool? isRepeatExposure = null;
        double? samplingRate = null;
        Guid? variantBuild = null;
        var hasAttributes = false;
        var attributes = json;
        Dictionary<string, object>? attributeTypes = null;
        Dictionary<string, string>? unknown = null;
        var members = json.Enter();
        while (json.Next(ref members, out var name))
        {
            switch (name)
            {
                case "variantKey":
                    variantKey = json.Text();
                    break;
                case "assignedVariantKey":
                    assignedVariantKey = json.OptionalText();
                    break;
                case "selectionReason":
                    selectionReason = json.Text();
                    break;
                case "rulePath":
                    rulePath = json.OptionalText();
                    break;
                case "assignmentPolicy":
                    assignmentPolicy = json.Value<AssignmentPolicy>("assignmentPolicy", ref unknown);
                    break;
                case "allocationVersion":
                    allocationVersion = json.OptionalText();
                    break;
                case "isRepeatExposure":
                    isRepeatExposure = json.Boolean();
                    break;
                case "samplingRate":
                    samplingRate = json.Double();
                    break;
                case "variantBuild":
                    variantBuild = json.TokenType == JsonTokenType.Null ? null : json.Uuid();
                    break;
                case "attributes":
                    hasAttributes = json.TokenType != JsonTokenType.Null;
                    attributes = json;
                    json.Skip();
                    break;
                case "attributeTypes":
                    attributeTypes = AttributesJson.ReadTypes(ref json);
                    break;
                default:
                    if (!header.TryRead(ref json, name) && !subject.TryRead(ref json, name))
                    {
                        json.Skip();
                    }

                    break;
            }
        }

        return new ExposureEvent
        {
            SchemaVersion = header.SchemaVersion(json),
            ExperimentName = header.ExperimentName(json),
            Timestamp = header.Timestamp(json),
            VariantKey = variantKey ?? throw json.Missing("variantKey"),
            AssignedVariantKey = assignedVariantKey,
            SubjectId = subject.Id,
            SubjectType = subject.Type,
            TenantId = subject.TenantId,
            SelectionReason = selectionReason ?? throw json.Missing("selectionReason"),
            RulePath = rulePath,
            AssignmentPolicy = assignmentPolicy ?? throw json.Missing("assignmentPolicy"),
            AllocationVersion = allocationVersion,
            IsRepeatExposure = isRepeatExposure ?? throw json.Missing("isRepeatExposure"),
            SamplingRate = samplingRate ?? throw json.Missing("samplingRate"),
            VariantBuild = variantBuild,
            Attributes = hasAttributes ? AttributesJson.Read(ref attributes, attributeTypes) : null,
            UnknownValues = unknown,
        };
    }
}
