namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The table of outcomes.</summary>
internal sealed class OutcomeTable() : EventTable<OutcomeEvent>(
    "outcomes",
    ("variant", "text"), ("assigned_variant", "text"), ("arm", "text"), ("subject_id", "text"), ("subject_type", "text"), ("tenant_id", "text"),
    ("allocation_version", "text"), ("outcome_kind", "text"), ("outcome_name", "text"), ("result", "text"), ("duration_seconds", "double precision"),
    ("failed_attempt_seconds", "double precision"), ("error_type", "text"), ("value", "double precision"), ("exposure_event_id", "uuid"))
{
    protected override void Write(CopyBuffer rows, DataPlaneEnvelope envelope, OutcomeEvent source)
    {
        BeginRow(rows, envelope, source.ExperimentName);
        rows.RequiredText(source.VariantKey, "variant");
        rows.Text(source.AssignedVariantKey);
        rows.Text(source.AssignedVariantKey ?? source.VariantKey);
        rows.Text(source.SubjectId);
        rows.Text(source.SubjectType);
        rows.Text(source.TenantId);
        rows.Text(source.AllocationVersion);
        rows.Text(EnumText<OutcomeKind>.Of("outcomeKind", source.OutcomeKind, source.UnknownValues));
        rows.RequiredText(source.OutcomeName, "outcome_name");
        rows.Text(EnumText<OutcomeResult>.Of("result", source.Result, source.UnknownValues));
        rows.Seconds(source.Duration);
        rows.Seconds(source.FailedAttemptDuration);
        rows.Text(source.ErrorType);
        rows.Number(source.Value);
        rows.Uuid(source.ExposureEventId);
    }
}
