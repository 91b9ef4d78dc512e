namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The table of metrics.</summary>
internal sealed class MetricTable() : EventTable<MetricEvent>(
    "metrics",
    ("metric_name", "text"), ("value", "double precision"), ("unit", "text"), ("subject_id", "text"), ("subject_type", "text"), ("tenant_id", "text"),
    ("idempotency_key", "text"), ("attributes", "jsonb"), ("attribute_types", "jsonb"))
{
    protected override void Write(CopyBuffer rows, DataPlaneEnvelope envelope, MetricEvent source)
    {
        BeginRow(rows, envelope, source.ExperimentName);
        rows.RequiredText(source.MetricName, "metric_name");
        rows.Number(source.Value);
        rows.Text(source.Unit);
        rows.Text(source.SubjectId);
        rows.Text(source.SubjectType);
        rows.Text(source.TenantId);
        rows.Text(source.IdempotencyKey);
        WriteValues(rows, source.Attributes);
    }
}
