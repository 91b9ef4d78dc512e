using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// A statement that is compiled once and run often. It stands on SQLite's own interface, because a command of the data
/// provider waits whole seconds for a file that is busy, and a caller may wait milliseconds.
/// </summary>
internal sealed class PreparedStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public PreparedStatement(sqlite3 database, string text)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v2(database, text, out _statement));
    }

    /// <summary>Sets a parameter, counted from 1; null for none.</summary>
    public void Bind(int index, string? value) => Check(value is null
        ? raw.sqlite3_bind_null(_statement, index)
        : raw.sqlite3_bind_text(_statement, index, (ReadOnlySpan<byte>)Encoding.UTF8.GetBytes(value)));

    /// <summary>Sets a parameter, counted from 1.</summary>
    public void Bind(int index, long value) => Check(raw.sqlite3_bind_int64(_statement, index, value));

    /// <summary>Runs to the next row.</summary>
    /// <returns>False where there is none.</returns>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            Check(result);
        }

        return result == raw.SQLITE_ROW;
    }

    /// <summary>The text of a column, counted from 0; null where it is null.</summary>
    public string? Text(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL
        ? null
        : Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));

    /// <summary>Ends the run, so that nothing is held and the statement can run again.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            throw SafeText.Own(new TimeoutException("The SQLite file was busy for all of the timeout."));
        }

        if (result != raw.SQLITE_OK)
        {
            throw SafeText.Own(new SqliteException(raw.sqlite3_errmsg(_database).utf8_to_string(), result));
        }
    }
}
