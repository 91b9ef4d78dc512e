namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The table of <see cref="ErrorEvent"/>s.</summary>
internal sealed class ErrorTable() : RowPerEvent<ErrorEvent>("errors")
{
    private readonly TextColumn _source = new("source", "The component that failed.");
    private readonly TextColumn _message = new("message", "The error.", isUnique: true);
    private readonly TextColumn _errorType = new("error_type", "The type of the exception.", isOptional: true);
    private readonly JsonValues _data = new("data", "The error in numbers.", "data_types");

    protected override IReadOnlyList<Column> OwnColumns => [_source, _message, _errorType, .. _data.All];

    protected override void Add(ErrorEvent source)
    {
        _source.Add(source.Source);
        _message.Add(source.Message);
        _errorType.Add(source.ErrorType);
        _data.Add(source.Data);
    }

    protected override ErrorEvent ReadEvent(int row) => new()
    {
        SchemaVersion = SchemaVersion(row),
        ExperimentName = Experiment[row]!,
        Timestamp = Timestamp(row),
        Source = _source[row]!,
        Message = _message[row]!,
        ErrorType = _errorType[row],
        Data = _data.Read(row),
    };

    protected override void Dispose(bool disposing)
    {
        _data.Dispose();
        base.Dispose(disposing);
    }
}
