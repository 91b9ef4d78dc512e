namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The table of analysis signals.</summary>
internal sealed class SignalTable() : EventTable<AnalysisSignalEvent>(
    "analysis_signals", ("signal_type", "text"), ("severity", "text"), ("message", "text"), ("data", "jsonb"), ("data_types", "jsonb"))
{
    protected override void Write(CopyBuffer rows, DataPlaneEnvelope envelope, AnalysisSignalEvent source)
    {
        BeginRow(rows, envelope, source.ExperimentName);
        rows.Text(EnumText<AnalysisSignalType>.Of("signalType", source.SignalType, source.UnknownValues));
        rows.Text(EnumText<SignalSeverity>.Of("severity", source.Severity, source.UnknownValues));
        rows.RequiredText(source.Message, "message");
        WriteValues(rows, source.Data);
    }
}
