using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>The event table of one open outbox file, with its prepared statements. Used by one thread at a time.</summary>
internal sealed class OutboxTable : IDisposable
{
    private const string Columns = "rowid, position, experiment, variant, stored_at, size, envelope, destination";

    private readonly SqliteConnection _connection;
    private readonly List<PreparedStatement> _statements = [];
    private readonly WriteTransaction _transaction;
    private readonly PreparedStatement _append;
    private readonly PreparedStatement _read;
    private readonly PreparedStatement _remove;
    private readonly PreparedStatement _removeRow;
    private readonly PreparedStatement _first;
    private readonly PreparedStatement _last;

    /// <summary>Prepares the statements. The connection is disposed with this instance, or if preparing them fails.</summary>
    public OutboxTable(SqliteConnection connection, string path)
    {
        _connection = connection;
        FilePath = path;
        try
        {
            _append = Prepare("INSERT INTO event (destination, position, experiment, variant, stored_at, size, envelope) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (destination, position) DO NOTHING RETURNING 1;");
            _read = Prepare($"SELECT {Columns} FROM event WHERE destination = ?1 ORDER BY position LIMIT ?2;");
            _remove = Prepare("DELETE FROM event WHERE destination = ?1 AND position = ?2 RETURNING size;");
            _removeRow = Prepare("DELETE FROM event WHERE rowid = ?1 RETURNING size;");
            _first = Prepare("SELECT position FROM event WHERE destination = ?1 AND typeof(position) = 'integer' ORDER BY position LIMIT 1;");
            _last = Prepare("SELECT position FROM event WHERE destination = ?1 AND typeof(position) = 'integer' ORDER BY position DESC LIMIT 1;");
            _transaction = new WriteTransaction(Handle);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The path of the file.</summary>
    public string FilePath { get; }

    /// <summary>The open database.</summary>
    public sqlite3 Handle => _connection.Handle!;

    /// <summary>Whether the path no longer refers to the open file.</summary>
    public bool IsMoved => MovedFile.IsMoved(Handle, FilePath);

    /// <summary>Stores events: all of them, or none if it throws. Events that are already stored are left unchanged.</summary>
    /// <returns>The number of added events and their size in bytes.</returns>
    public (int Count, long Bytes) Append(string destination, IReadOnlyList<OutboxRow> rows) => _transaction.Run(() =>
    {
        var (count, bytes) = (0, 0L);
        foreach (var row in rows)
        {
            _append.Bind(1, destination);
            _append.Bind(2, row.Position!.Value);
            _append.Bind(3, row.Experiment);
            _append.Bind(4, row.Variant);
            _append.Bind(5, row.StoredAt);
            _append.Bind(6, row.Size);
            _append.Bind(7, row.Envelope);
            if (_append.Count() > 0)
            {
                count++;
                bytes += row.Size;
            }
        }

        return (count, bytes);
    });

    /// <summary>Reads the oldest events of a destination.</summary>
    public List<OutboxRow> Read(string destination, int max)
    {
        var rows = new List<OutboxRow>();
        try
        {
            _read.Bind(1, destination);
            _read.Bind(2, max);
            while (_read.Step())
            {
                rows.Add(RowOf(_read));
            }
        }
        finally
        {
            _read.Reset();
        }

        return rows;
    }

    /// <summary>Reads events of all destinations in the order of their row ids. Writes nothing.</summary>
    /// <param name="id">The id of the row after which to start.</param>
    /// <param name="max">The maximum number of events to read.</param>
    public List<(string Destination, OutboxRow Row)> ReadAfter(long id, int max)
    {
        var rows = new List<(string, OutboxRow)>();
        using var read = new PreparedStatement(Handle, $"SELECT {Columns} FROM event WHERE rowid > ?1 ORDER BY rowid LIMIT ?2;");
        read.Bind(1, id);
        read.Bind(2, max);
        while (read.Step())
        {
            rows.Add((read.Text(7) ?? "", RowOf(read)));
        }

        return rows;
    }

    /// <summary>Removes events by their positions.</summary>
    /// <returns>The number of removed events and their size in bytes.</returns>
    public (int Count, long Bytes) Remove(string destination, IReadOnlyList<long> positions) => Remove(_remove, positions, position =>
    {
        _remove.Bind(1, destination);
        _remove.Bind(2, position);
    });

    /// <summary>Removes rows by their ids.</summary>
    /// <returns>The number of removed events and their size in bytes.</returns>
    public (int Count, long Bytes) RemoveRows(IReadOnlyList<long> ids) => Remove(_removeRow, ids, id => _removeRow.Bind(1, id));

    /// <summary>Returns the lowest position of a destination's events; null if there are none.</summary>
    public long? FirstPosition(string destination) => PositionOf(_first, destination);

    /// <summary>Returns the highest position of a destination's events; null if there are none.</summary>
    public long? LastPosition(string destination) => PositionOf(_last, destination);

    /// <summary>Returns the number and size of the stored events of each destination.</summary>
    public List<(string Destination, int Count, long Bytes)> Totals()
    {
        NameUnreadableDestinations();
        var totals = new List<(string, int, long)>();
        using var read = new PreparedStatement(Handle, "SELECT destination, count(*), CAST(total(size) AS INTEGER) FROM event GROUP BY destination;");
        while (read.Step())
        {
            totals.Add((read.Text(0)!, (int)read.Integer(1)!.Value, read.Integer(2) ?? 0));
        }

        return totals;
    }

    /// <summary>Moves the events of one destination to another, which has none.</summary>
    public void Rename(string destination, string name)
    {
        using var rename = new PreparedStatement(Handle, "UPDATE event SET destination = ?2 WHERE destination = ?1;");
        rename.Bind(1, destination);
        rename.Bind(2, name);
        rename.Run();
    }

    /// <summary>Moves a destination's events before a position, keeping their order.</summary>
    public void MoveBelow(string destination, long position)
    {
        if (FirstPosition(destination) is not { } first || LastPosition(destination) is not { } last || last < position)
        {
            return;
        }

        // By more than their whole range, so that during the statement no event takes a position that another one still has.
        using var move = new PreparedStatement(Handle, "UPDATE event SET position = position - ?2 WHERE destination = ?1;");
        move.Bind(1, destination);
        move.Bind(2, last - position + 1 + (last - first + 1));
        move.Run();
    }

    /// <summary>
    /// Returns free pages to the disk, and empties the write-ahead log, which still contains removed events.
    /// </summary>
    public void Compact()
    {
        PreparedStatement.Execute(Handle, "PRAGMA incremental_vacuum;");
        PreparedStatement.Execute(Handle, "PRAGMA wal_checkpoint(TRUNCATE);");
    }

    /// <inheritdoc cref="MovedFile.EmptyLog"/>
    public void EmptyMovedLog() => MovedFile.EmptyLog(_connection, FilePath);

    /// <inheritdoc cref="MovedFile.TryEmptyLog"/>
    public void TryEmptyMovedLog() => MovedFile.TryEmptyLog(_connection, FilePath);

    public void Dispose()
    {
        _statements.ForEach(statement => statement.Dispose());
        _transaction?.Dispose();
        _connection.Dispose();
    }

    private static OutboxRow RowOf(PreparedStatement statement) => new(
        statement.Integer(0)!.Value,
        statement.Integer(1),
        statement.Text(2) ?? "",
        statement.Text(3) ?? "",
        statement.Integer(4) ?? long.MaxValue,
        statement.Integer(5) ?? 0,
        statement.Text(6) ?? "");

    private static long? PositionOf(PreparedStatement statement, string destination)
    {
        try
        {
            statement.Bind(1, destination);
            return statement.Step() ? statement.Integer(0) : null;
        }
        finally
        {
            statement.Reset();
        }
    }

    private (int Count, long Bytes) Remove(PreparedStatement statement, IReadOnlyList<long> keys, Action<long> bind) => _transaction.Run(() =>
    {
        var (count, bytes) = (0, 0L);
        foreach (var key in keys)
        {
            try
            {
                bind(key);
                while (statement.Step())
                {
                    count++;
                    bytes += statement.Integer(0) ?? 0;
                }
            }
            finally
            {
                statement.Reset();
            }
        }

        return (count, bytes);
    });

    /// <summary>Renames destinations that another program wrote and that are not text, so that their events can be found, counted and expired.</summary>
    private void NameUnreadableDestinations()
    {
        List<long> unreadable = [];
        using (var read = new PreparedStatement(Handle, "SELECT destination, min(rowid) FROM event GROUP BY destination;"))
        {
            while (read.Step())
            {
                if (read.Text(0) is null)
                {
                    unreadable.Add(read.Integer(1)!.Value);
                }
            }
        }

        using var name = new PreparedStatement(
            Handle, "UPDATE event SET destination = '(unreadable ' || ?1 || ')' WHERE destination IS (SELECT destination FROM event WHERE rowid = ?1);");
        foreach (var row in unreadable)
        {
            name.Bind(1, row);
            name.Run();
        }
    }

    private PreparedStatement Prepare(string text)
    {
        var statement = new PreparedStatement(Handle, text);
        _statements.Add(statement);
        return statement;
    }
}
