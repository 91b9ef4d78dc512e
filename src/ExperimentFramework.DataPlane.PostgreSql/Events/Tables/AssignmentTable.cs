namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The table of changed assignments.</summary>
internal sealed class AssignmentTable() : EventTable<AssignmentEvent>(
    "assignments",
    ("subject_id", "text"), ("subject_type", "text"), ("tenant_id", "text"), ("previous_variant", "text"), ("new_variant", "text"), ("change_reason", "text"),
    ("assignment_policy", "text"))
{
    protected override void Write(CopyBuffer rows, DataPlaneEnvelope envelope, AssignmentEvent source)
    {
        BeginRow(rows, envelope, source.ExperimentName);
        rows.Text(source.SubjectId);
        rows.Text(source.SubjectType);
        rows.Text(source.TenantId);
        rows.RequiredText(source.PreviousVariantKey, "previous_variant");
        rows.RequiredText(source.NewVariantKey, "new_variant");
        rows.RequiredText(source.ChangeReason, "change_reason");
        rows.Text(EnumText<AssignmentPolicy>.Of("assignmentPolicy", source.AssignmentPolicy, source.UnknownValues));
    }
}
