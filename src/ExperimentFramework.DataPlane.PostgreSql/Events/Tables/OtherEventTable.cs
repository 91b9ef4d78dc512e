namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The table of events whose category this version does not know.</summary>
internal sealed class OtherEventTable() : EventTable<UnknownEvent>("other_events", ("event_type", "text"), ("payload", "jsonb"))
{
    protected override void Write(CopyBuffer rows, DataPlaneEnvelope envelope, UnknownEvent source)
    {
        BeginRow(rows, envelope, source.ExperimentName);
        rows.RequiredText(source.EventTypeName, "event_type");
        rows.BeginJson().WriteRawValue(source.Json, skipInputValidation: true);
        rows.EndJson();
    }
}
