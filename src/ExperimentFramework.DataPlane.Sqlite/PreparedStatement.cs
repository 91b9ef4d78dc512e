using System.Text;
using System.Text.Unicode;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// A statement that is compiled once and run often. It uses SQLite's native interface, because commands of the data provider wait for a locked file in
/// whole seconds, and a caller may wait only for milliseconds.
/// </summary>
internal sealed class PreparedStatement : IDisposable
{
    /// <summary>Masks the primary result code; the other bits are the extended code.</summary>
    private const int PrimaryCode = 0xff;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public PreparedStatement(sqlite3 database, string text)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v2(database, text, out _statement));
    }

    /// <summary>Runs a script that returns nothing.</summary>
    public static void Execute(sqlite3 database, string script)
    {
        while (script.Length > 0)
        {
            if (raw.sqlite3_prepare_v2(database, script, out var statement, out var rest) is var result and not raw.SQLITE_OK)
            {
                throw CreateException(database, result);
            }

            using (var prepared = new PreparedStatement(database, statement))
            {
                prepared.Run();
            }

            script = rest.Trim();
        }
    }

    /// <summary>Binds a parameter by its one-based index; null binds NULL.</summary>
    public void Bind(int index, string? value)
    {
        const int maxOnStack = 512;
        if (value is null)
        {
            BindNull(index);
        }
        else if (Encoding.UTF8.GetMaxByteCount(value.Length) <= maxOnStack)
        {
            Span<byte> bytes = stackalloc byte[maxOnStack];
            Bind(index, bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
        }
        else
        {
            Bind(index, (ReadOnlySpan<byte>)Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>Binds a parameter by its one-based index to text in UTF-8.</summary>
    public void Bind(int index, ReadOnlySpan<byte> utf8) => Check(raw.sqlite3_bind_text(_statement, index, utf8));

    /// <summary>Binds a parameter by its one-based index. NaN binds NULL.</summary>
    public void Bind(int index, double value) => Check(raw.sqlite3_bind_double(_statement, index, value));

    /// <summary>Binds NULL to a parameter by its one-based index.</summary>
    public void BindNull(int index) => Check(raw.sqlite3_bind_null(_statement, index));

    /// <summary>Binds a parameter by its one-based index.</summary>
    public void Bind(int index, long value) => Check(raw.sqlite3_bind_int64(_statement, index, value));

    /// <summary>Advances to the next row.</summary>
    /// <returns>False if there is none.</returns>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            Check(result);
        }

        return result == raw.SQLITE_ROW;
    }

    /// <summary>Runs to the end and resets, so that the statement can run again.</summary>
    public void Run() => Count();

    /// <summary>Runs to the end and resets, so that the statement can run again.</summary>
    /// <returns>The number of rows returned.</returns>
    public int Count()
    {
        var rows = 0;
        try
        {
            while (Step())
            {
                rows++;
            }

            return rows;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Whether a column, by its zero-based index, is NULL.</summary>
    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <summary>Returns the integer in a column, by its zero-based index; null if the column has another type.</summary>
    public long? Integer(int column) =>
        raw.sqlite3_column_type(_statement, column) == raw.SQLITE_INTEGER ? raw.sqlite3_column_int64(_statement, column) : null;

    /// <summary>
    /// Returns the text in a column, by its zero-based index; null if the value has another type, is not valid UTF-8 or is too long. SQLite stores whatever
    /// another program writes, regardless of the column's type.
    /// </summary>
    public string? Text(int column, int maxBytes = int.MaxValue)
    {
        if (raw.sqlite3_column_type(_statement, column) != raw.SQLITE_TEXT || raw.sqlite3_column_bytes(_statement, column) > maxBytes)
        {
            return null;
        }

        var bytes = raw.sqlite3_column_blob(_statement, column);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    /// <summary>Resets the statement, so that it holds no locks and can run again.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public void Dispose() => _statement.Dispose();

    private PreparedStatement(sqlite3 database, sqlite3_stmt statement)
    {
        _database = database;
        _statement = statement;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw CreateException(_database, result);
        }
    }

    private static Exception CreateException(sqlite3 database, int result)
    {
        if ((result & PrimaryCode) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            return SafeText.Own(new TimeoutException("The SQLite database stayed locked until the timeout expired."));
        }

        // The message of a trigger was written by its author, and may quote a value. SQLite's own messages name tables, columns and constraints.
        var exception = new SqliteException(raw.sqlite3_errmsg(database).utf8_to_string(), result & PrimaryCode, raw.sqlite3_extended_errcode(database));
        return exception.SqliteExtendedErrorCode == raw.SQLITE_CONSTRAINT_TRIGGER ? exception : SafeText.Own(exception);
    }
}
