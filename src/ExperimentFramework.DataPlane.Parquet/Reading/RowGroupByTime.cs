namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Reads the events of one row group in the order of their times. All of its rows are in memory meanwhile, as columns.</summary>
/// <param name="path">The path of the file.</param>
/// <param name="group">The row group, from 0.</param>
/// <param name="unread">Columns that are not read, so that their fields have no value: by name, or by table and name with a point in between; null to read all.</param>
/// <param name="pool">The memory of the columns, which row groups that are read one after the other share.</param>
internal sealed class RowGroupByTime(string path, int group, IReadOnlySet<string>? unread, BlockPool pool) : IDisposable
{
    private readonly EventTables _tables = new(pool);
    private TableFileReader? _file;
    private int[] _rows = [];
    private int _next;

    /// <summary>Reads the rows.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or was not written by this package.</exception>
    /// <exception cref="IOException">The file does not exist any more, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read it.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // The library reads synchronously.
        await BackgroundWork.Run(() =>
        {
            _file = new TableFileReader(path, _tables, unread, group);
            _rows = _file.NextRows() is { } table ? RowsByTime.Of(table) : [];
            return Task.CompletedTask;
        }).ConfigureAwait(false);
    }

    /// <summary>Takes the next event.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="InvalidDataException">A value of the event is damaged.</exception>
    public DataPlaneEnvelope? Next()
    {
        if (_next == _rows.Length)
        {
            return null;
        }

        var row = _rows[_next++];
        return _file!.Read(ref row);
    }

    public void Dispose()
    {
        _file?.Dispose();
        _tables.Dispose();
    }
}
