namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The table of <see cref="AnalysisSignalEvent"/>s.</summary>
internal sealed class AnalysisSignalTable() : RowPerEvent<AnalysisSignalEvent>("analysis_signals")
{
    private readonly EnumColumn<AnalysisSignalType> _type = new("signal_type", "signalType", "The kind of finding.");
    private readonly EnumColumn<SignalSeverity> _severity = new("severity", "severity", "Info, Warning, Error or Critical.");
    private readonly TextColumn _message = new("message", "The finding in words.", isUnique: true);
    private readonly JsonValues _data = new("data", "The finding in numbers.", "data_types");

    protected override IReadOnlyList<Column> OwnColumns => [_type.Column, _severity.Column, _message, .. _data.All];

    protected override void Add(AnalysisSignalEvent source)
    {
        _type.Add(source.SignalType, source);
        _severity.Add(source.Severity, source);
        _message.Add(source.Message);
        _data.Add(source.Data);
    }

    protected override AnalysisSignalEvent ReadEvent(int row)
    {
        Dictionary<string, string>? unknown = null;
        return new AnalysisSignalEvent
        {
            SchemaVersion = SchemaVersion(row),
            ExperimentName = Experiment[row]!,
            Timestamp = Timestamp(row),
            SignalType = _type.Read(row, ref unknown),
            Severity = _severity.Read(row, ref unknown),
            Message = _message[row]!,
            Data = _data.Read(row),
            UnknownValues = unknown,
        };
    }

    protected override void Dispose(bool disposing)
    {
        _data.Dispose();
        base.Dispose(disposing);
    }
}
