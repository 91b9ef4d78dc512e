using System.Text.Json;
using ParquetSharp;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Reads the events of one file, some rows at a time, or one of its row groups at once.</summary>
internal sealed class TableFileReader : IDisposable
{
    /// <summary>The number of rows that are in memory at once: few enough for the cache of a processor.</summary>
    private const int MaxRows = 8_192;

    private readonly string _path;
    private readonly ParquetFileReader _file;
    private readonly EventTable _table;
    private readonly Dictionary<string, int> _leaves;
    private readonly int _endGroup;
    private readonly int _maxRows;
    private RowGroupSource? _source;
    private int _group;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path.</param>
    /// <param name="tables">The tables to read into.</param>
    /// <param name="unread">Columns that are not read, so that their fields have no value: by name, or by table and name with a point in between.</param>
    /// <param name="onlyGroup">The only row group to read, from 0, whose rows are then read at once; null to read all, some rows after the others.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or was not written by this package, or by a version with other tables.</exception>
    /// <exception cref="IOException">The file does not exist any more, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read it.</exception>
    public TableFileReader(string path, EventTables tables, IReadOnlySet<string>? unread = null, int? onlyGroup = null)
    {
        _path = path;

        // The library reports a file without read permission as damaged.
        File.OpenHandle(path).Dispose();
        try
        {
            _file = new ParquetFileReader(path);
        }
        catch (ParquetException exception)
        {
            throw NotWhole(exception);
        }

        try
        {
            _table = TableOf(_file.FileMetaData, tables);
            _maxRows = onlyGroup is null && _table.HasRowPerEvent ? MaxRows : int.MaxValue;
            (_group, _endGroup) = onlyGroup is { } only ? (only, Math.Min(only + 1, _file.FileMetaData.NumRowGroups)) : (0, _file.FileMetaData.NumRowGroups);
            _leaves = LeavesOf(_file.FileMetaData.Schema, column => unread is not null && (unread.Contains(column) || unread.Contains($"{_table.Name}.{column}")));
        }
        catch (Exception exception)
        {
            _file.Dispose();
            if (exception is ParquetException)
            {
                throw NotWhole(exception);
            }

            throw;
        }
    }

    /// <summary>Reads the next rows.</summary>
    /// <returns>Their table, valid until the next call; null at the end.</returns>
    /// <exception cref="InvalidDataException">The row group is damaged, or lacks a column that every event has.</exception>
    public EventTable? NextRows()
    {
        try
        {
            while (_source is null || !_source.MoveNext(_maxRows))
            {
                _source?.Dispose();
                _source = null;
                if (_group >= _endGroup)
                {
                    return null;
                }

                _source = new RowGroupSource(_file.RowGroup(_group++), _leaves, _path);
            }

            _table.Read(_source);
            return _table;
        }
        catch (Exception exception) when (exception is ParquetException || IsDamage(exception))
        {
            throw new InvalidDataException($"Row group {_group} of {_path} cannot be read: {exception.Message} Restore the file from a backup.", exception);
        }
    }

    /// <summary>Reads an event of the current rows.</summary>
    /// <param name="row">The row in which it begins; on return, the row after it.</param>
    /// <exception cref="InvalidDataException">A value of the event is damaged.</exception>
    public DataPlaneEnvelope Read(ref int row)
    {
        var first = row;
        try
        {
            return _table.Read(ref row);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            // The reason may quote a value, which may be personal data.
            throw new InvalidDataException($"Row {_source?.FirstRow + first + 1} of row group {_group} of {_path} is not an event that this version can read. Restore the file from a backup.", exception);
        }
    }

    public void Dispose()
    {
        _table.Clear();
        _source?.Dispose();
        _file.Dispose();
    }

    private InvalidDataException NotWhole(Exception reason) => new($"{_path} is not a whole Parquet file: {reason.Message} Remove it, or restore it from a backup.", reason);

    /// <summary>Whether a value could not be parsed, or a column has fewer values than rows.</summary>
    private static bool IsDamage(Exception exception) =>
        exception is JsonException or FormatException or OverflowException or ArgumentException or InvalidOperationException or IndexOutOfRangeException;

    private EventTable TableOf(FileMetaData metadata, EventTables tables)
    {
        var entries = metadata.KeyValueMetadata;
        if (entries.GetValueOrDefault(TableFile.VersionKey) is var version && version != TableFile.Version)
        {
            throw new InvalidDataException(version is null
                ? $"{_path} was not written by this package: its metadata has no {TableFile.VersionKey}. Read it with another tool."
                : $"{_path} has version {version} of the tables, and this version reads {TableFile.Version}. Read it with the version of the package that wrote it, or with another tool.");
        }

        var name = entries.GetValueOrDefault(TableFile.TableKey);
        return tables.All.FirstOrDefault(table => table.Name == name) ?? throw new InvalidDataException(
            $"{_path} has rows of the table {name}, which this version does not know. Read it with the version of the package that wrote it, or with another tool.");
    }

    private static Dictionary<string, int> LeavesOf(SchemaDescriptor schema, Func<string, bool> isUnread)
    {
        var leaves = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < schema.NumColumns; i++)
        {
            using var path = schema.Column(i).Path;
            var leaf = path.ToDotString();
            leaves[leaf] = isUnread(leaf.Split('.')[0]) ? RowGroupSource.Unread : i;
        }

        return leaves;
    }
}
