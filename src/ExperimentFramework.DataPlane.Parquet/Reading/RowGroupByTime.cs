namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Reads the events of one row group in the order of their times. All of its rows are in memory meanwhile, as columns.</summary>
/// <param name="path">The path of the file.</param>
/// <param name="group">The row group, from 0.</param>
/// <param name="unread">Columns that are not read, so that their fields have no value: by name, or by table and name with a point in between; null to read all.</param>
internal sealed class RowGroupByTime(string path, int group, IReadOnlySet<string>? unread) : IDisposable
{
    private readonly EventTables _tables = new();
    private TableFileReader? _file;
    private int[]? _rows;
    private int _next;

    /// <summary>Reads the next event.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, or was not written by this package.</exception>
    /// <exception cref="IOException">The file does not exist any more, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read it.</exception>
    public ValueTask<DataPlaneEnvelope?> ReadAsync(CancellationToken cancellationToken) => _rows is null ? ReadFirstAsync(cancellationToken) : new(Next(_rows));

    public void Dispose()
    {
        _file?.Dispose();
        _tables.Dispose();
    }

    private async ValueTask<DataPlaneEnvelope?> ReadFirstAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // The library reads synchronously.
        await BackgroundWork.Run(() =>
        {
            _file = new TableFileReader(path, _tables, unread, group);
            _rows = _file.NextRows() is { } table ? RowsByTime.Of(table) : [];
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return Next(_rows!);
    }

    private DataPlaneEnvelope? Next(int[] rows)
    {
        if (_next == rows.Length)
        {
            return null;
        }

        var row = rows[_next++];
        return _file!.Read(ref row);
    }
}
