namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Reads the events of files, one after the other, with only some rows of a file in memory.</summary>
/// <param name="files">The paths of the files.</param>
/// <param name="unread">Columns that are not read, so that their fields have no value: by name, or by table and name with a point in between; null to read all.</param>
/// <param name="onUnreadableFile">Receives each file that cannot be read, or not to its end, with the reason; null to throw the reason.</param>
internal sealed class ParquetEventReader(IEnumerable<string> files, IReadOnlySet<string>? unread, Action<string, Exception>? onUnreadableFile) : IDisposable
{
    private readonly IEnumerator<string> _files = files.GetEnumerator();
    private readonly EventTables _tables = new();
    private TableFileReader? _file;
    private EventTable? _rows;
    private int _row;

    /// <summary>Reads the next event.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="InvalidDataException">A file is damaged, or was not written by this package.</exception>
    public ValueTask<DataPlaneEnvelope?> ReadAsync(CancellationToken cancellationToken) =>
        Next() is { } envelope ? new ValueTask<DataPlaneEnvelope?>(envelope) : ReadRowsAsync(cancellationToken);

    public void Dispose()
    {
        _file?.Dispose();
        _tables.Dispose();
        _files.Dispose();
    }

    private async ValueTask<DataPlaneEnvelope?> ReadRowsAsync(CancellationToken cancellationToken)
    {
        while (_file is not null || _files.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();

            // The library reads synchronously.
            await BackgroundWork.Run(() =>
            {
                ReadRows();
                return Task.CompletedTask;
            }).ConfigureAwait(false);
            if (_rows is null)
            {
                Close();
            }
            else if (Next() is { } envelope)
            {
                return envelope;
            }
        }

        return null;
    }

    private void ReadRows()
    {
        try
        {
            _file ??= new TableFileReader(_files.Current, _tables, unread);
            _rows = _file.NextRows();
            _row = 0;
        }
        catch (Exception exception) when (onUnreadableFile is not null && exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _rows = null;
            onUnreadableFile(_files.Current, exception);
        }
    }

    /// <summary>Takes the next event of the rows; null at their end.</summary>
    private DataPlaneEnvelope? Next()
    {
        try
        {
            return _rows is not null && _row < _rows.Rows ? _file!.Read(ref _row) : null;
        }
        catch (InvalidDataException exception) when (onUnreadableFile is not null)
        {
            onUnreadableFile(_files.Current, exception);
            Close();
            return null;
        }
    }

    private void Close()
    {
        _rows = null;
        _file?.Dispose();
        _file = null;
    }
}
