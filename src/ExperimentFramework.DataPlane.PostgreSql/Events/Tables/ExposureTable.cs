namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The table of exposures.</summary>
internal sealed class ExposureTable() : EventTable<ExposureEvent>(
    "exposures",
    ("variant", "text"), ("assigned_variant", "text"), ("arm", "text"), ("subject_id", "text"), ("subject_type", "text"), ("tenant_id", "text"),
    ("selection_reason", "text"), ("rule_path", "text"), ("assignment_policy", "text"), ("allocation_version", "text"), ("is_repeat_exposure", "boolean"),
    ("sampling_rate", "double precision"), ("variant_build", "uuid"), ("attributes", "jsonb"), ("attribute_types", "jsonb"))
{
    protected override void Write(CopyBuffer rows, DataPlaneEnvelope envelope, ExposureEvent source)
    {
        BeginRow(rows, envelope, source.ExperimentName);
        rows.RequiredText(source.VariantKey, "variant");
        rows.Text(source.AssignedVariantKey);
        rows.Text(source.AssignedVariantKey ?? source.VariantKey);
        rows.Text(source.SubjectId);
        rows.Text(source.SubjectType);
        rows.Text(source.TenantId);
        rows.RequiredText(source.SelectionReason, "selection_reason");
        rows.Text(source.RulePath);
        rows.Text(EnumText<AssignmentPolicy>.Of("assignmentPolicy", source.AssignmentPolicy, source.UnknownValues));
        rows.Text(source.AllocationVersion);
        rows.Boolean(source.IsRepeatExposure);
        rows.Number(source.SamplingRate);
        rows.Uuid(source.VariantBuild);
        WriteValues(rows, source.Attributes);
    }
}
