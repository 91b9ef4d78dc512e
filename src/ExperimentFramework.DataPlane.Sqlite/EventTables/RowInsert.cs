using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Inserts rows into a table, column by column in the order in which they were named. A row whose key already exists is left unchanged.</summary>
internal sealed class RowInsert : IDisposable
{
    private readonly PreparedStatement _statement;
    private readonly string[] _columns;
    private int _column;

    /// <param name="database">The open database.</param>
    /// <param name="table">The table.</param>
    /// <param name="key">The columns of its key.</param>
    /// <param name="columns">The columns to set, in the order in which they are added.</param>
    public RowInsert(sqlite3 database, string table, string key, string columns)
    {
        _columns = columns.Split(", ");
        var parameters = string.Join(", ", Enumerable.Range(1, _columns.Length).Select(index => $"?{index}"));

        // Not "insert or ignore", which would also leave out rows that break another rule, without an error.
        _statement = new PreparedStatement(database, $"INSERT INTO {table} ({columns}) VALUES ({parameters}) ON CONFLICT ({key}) DO NOTHING;");
    }

    /// <summary>Begins a row.</summary>
    public RowInsert Begin()
    {
        _column = 0;
        return this;
    }

    public RowInsert Text(string? value)
    {
        _statement.Bind(++_column, value);
        return this;
    }

    /// <summary>Adds text in UTF-8; empty text is NULL.</summary>
    public RowInsert Utf8(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            _statement.BindNull(++_column);
        }
        else
        {
            _statement.Bind(++_column, value);
        }

        return this;
    }

    public RowInsert Id(Guid? value)
    {
        if (value is { } id)
        {
            Span<byte> text = stackalloc byte[36];
            id.TryFormat(text, out _);
            _statement.Bind(++_column, text);
        }
        else
        {
            _statement.BindNull(++_column);
        }

        return this;
    }

    public RowInsert Integer(long value)
    {
        _statement.Bind(++_column, value);
        return this;
    }

    public RowInsert Boolean(bool value) => Integer(value ? 1 : 0);

    public RowInsert Time(DateTimeOffset value) => Integer(EventTime.Microseconds(value));

    /// <summary>Adds a number. SQLite stores NaN as NULL.</summary>
    public RowInsert Number(double? value)
    {
        if (value is { } number)
        {
            _statement.Bind(++_column, number);
        }
        else
        {
            _statement.BindNull(++_column);
        }

        return this;
    }

    public RowInsert Seconds(TimeSpan? value) => Number(value?.TotalSeconds);

    /// <summary>Inserts the row.</summary>
    /// <exception cref="EventRejectedException">The event has no value for a column of this version that requires one.</exception>
    public void Insert()
    {
        try
        {
            _statement.Run();
        }
        catch (SqliteException exception) when (exception.SqliteExtendedErrorCode == raw.SQLITE_CONSTRAINT_NOTNULL && IsSet(exception.Message))
        {
            throw SafeText.Own(new EventRejectedException("SQLite cannot store the event: a value that every event of its type has is missing.", exception));
        }
    }

    public void Dispose() => _statement.Dispose();

    /// <summary>Whether the column that is named at the end of SQLite's message belongs to this version, which means that the event is at fault and not the table.</summary>
    private bool IsSet(string message) => _columns.Contains(message[(message.LastIndexOf('.') + 1)..]);
}
