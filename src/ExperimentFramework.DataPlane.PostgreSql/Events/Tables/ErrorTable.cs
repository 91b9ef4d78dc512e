namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The table of errors of the data plane.</summary>
internal sealed class ErrorTable() : EventTable<ErrorEvent>(
    "errors", ("source", "text"), ("message", "text"), ("error_type", "text"), ("data", "jsonb"), ("data_types", "jsonb"))
{
    protected override void Write(CopyBuffer rows, DataPlaneEnvelope envelope, ErrorEvent source)
    {
        BeginRow(rows, envelope, source.ExperimentName);
        rows.RequiredText(source.Source, "source");
        rows.RequiredText(source.Message, "message");
        rows.Text(source.ErrorType);
        WriteValues(rows, source.Data);
    }
}
