using Microsoft.Data.Sqlite;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>A connection with its prepared statements, used by one call at a time.</summary>
internal sealed class AssignmentConnection : IDisposable
{
    /// <summary>The maximum length of variant keys and allocation versions that are written and read, in bytes of UTF-8.</summary>
    public const int MaxTextBytes = 16_384;

    private const string Key = "experiment = ?1 AND tenant = ?2 AND subject_type = ?3 AND subject_id = ?4";

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly List<PreparedStatement> _statements = [];
    private readonly WriteTransaction _transaction;
    private readonly PreparedStatement _find;
    private readonly PreparedStatement _write;
    private readonly PreparedStatement _see;
    private readonly PreparedStatement _purge;
    private readonly PreparedStatement _forget;

    /// <summary>Prepares the statements. The connection is disposed with this instance, or if preparing them fails.</summary>
    public AssignmentConnection(SqliteConnection connection, string path)
    {
        _connection = connection;
        _path = path;
        try
        {
            _find = Prepare($"SELECT variant, allocation_version, last_seen_at FROM assignment WHERE {Key};");
            _write = Prepare(
                """
                INSERT INTO assignment (experiment, tenant, subject_type, subject_id, variant, allocation_version, assigned_at, last_seen_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
                ON CONFLICT (experiment, tenant, subject_type, subject_id) DO UPDATE SET
                    variant = excluded.variant, allocation_version = excluded.allocation_version, assigned_at = excluded.assigned_at, last_seen_at = excluded.last_seen_at;
                """);
            _see = Prepare($"UPDATE assignment SET last_seen_at = ?5 WHERE {Key} AND last_seen_at < ?5;");
            _purge = Prepare(
                """
                DELETE FROM assignment WHERE (experiment, tenant, subject_type, subject_id) IN
                    (SELECT experiment, tenant, subject_type, subject_id FROM assignment WHERE last_seen_at < ?1 ORDER BY last_seen_at LIMIT ?2)
                RETURNING 1;
                """);

            // The key starts with the experiment, so the experiments are found first, with one lookup each: the table is not scanned.
            _forget = Prepare(
                """
                DELETE FROM assignment WHERE tenant = ?1 AND subject_type = ?2 AND subject_id = ?3 AND experiment IN (
                    WITH RECURSIVE present (name) AS (
                        SELECT min(experiment) FROM assignment
                        UNION ALL
                        SELECT (SELECT min(experiment) FROM assignment WHERE experiment > present.name) FROM present WHERE present.name IS NOT NULL)
                    SELECT name FROM present WHERE name IS NOT NULL)
                RETURNING 1;
                """);
            _transaction = new WriteTransaction(connection.Handle!);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether the path no longer refers to the open file.</summary>
    public bool IsMoved => MovedFile.IsMoved(_connection.Handle!, _path) || OpenDatabases.IsMoved(_connection);

    /// <summary>Sets how long to wait for a file that another connection writes to.</summary>
    public TimeSpan Timeout
    {
        set => SqliteDatabase.SetTimeout(_connection, value);
    }

    /// <summary>Reads a row.</summary>
    /// <returns>The row; null when there is none.</returns>
    public AssignmentRow? Find(in AssignmentKey key)
    {
        try
        {
            Bind(_find, key);
            return _find.Step() ? new AssignmentRow(ReadAssignment(), _find.Integer(2) ?? 0) : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    /// <summary>
    /// Writes the candidate unless the row contains an assignment other than the expected one, in one transaction: the row cannot change between the
    /// comparison and the write, so no retry is needed. A row that cannot be read is replaced.
    /// </summary>
    /// <returns>The previous row.</returns>
    public AssignmentRow? CompareAndSet(AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, DateTimeOffset now) => _transaction.Run(() =>
    {
        var row = Find(key);
        if (row?.Assignment is not { } assignment || assignment == expected)
        {
            Bind(_write, key);
            _write.Bind(5, candidate.VariantKey);
            _write.Bind(6, candidate.AllocationVersion);
            _write.Bind(7, now.ToUnixTimeMilliseconds());
            _write.Run();
        }

        return row;
    });

    /// <summary>Records that subjects were seen.</summary>
    public void See(IReadOnlyCollection<AssignmentKey> keys, DateTimeOffset now) => _transaction.Run(() =>
    {
        foreach (var key in keys)
        {
            Bind(_see, key);
            _see.Bind(5, now.ToUnixTimeMilliseconds());
            _see.Run();
        }

        return keys.Count;
    });

    /// <summary>Deletes the rows whose subjects were seen longest ago.</summary>
    /// <param name="before">Deletes only rows whose subjects were last seen before this time.</param>
    /// <param name="max">The maximum number of rows to delete.</param>
    /// <returns>The number of deleted rows.</returns>
    public int Purge(DateTimeOffset before, int max)
    {
        _purge.Bind(1, before.ToUnixTimeMilliseconds());
        _purge.Bind(2, max);
        return _purge.Count();
    }

    /// <summary>Deletes a subject from all experiments.</summary>
    /// <returns>The number of deleted rows.</returns>
    public int Forget(string subjectId, string subjectType, string tenantId)
    {
        _forget.Bind(1, tenantId);
        _forget.Bind(2, subjectType);
        _forget.Bind(3, subjectId);
        return _forget.Count();
    }

    /// <summary>Empties the write-ahead log, which still contains deleted data.</summary>
    /// <returns>False if another connection is reading from it.</returns>
    public bool TryEmptyLog()
    {
        using var checkpoint = new PreparedStatement(_connection.Handle!, "PRAGMA wal_checkpoint(TRUNCATE);");
        return checkpoint.Step() && checkpoint.Integer(0) == 0;
    }

    /// <inheritdoc cref="MovedFile.EmptyLog"/>
    public void EmptyMovedLog() => MovedFile.EmptyLog(_connection, _path);

    /// <inheritdoc cref="OpenDatabases.SetMoved"/>
    public void SetMoved() => OpenDatabases.SetMoved(_connection);

    public void Dispose()
    {
        _statements.ForEach(statement => statement.Dispose());
        _transaction?.Dispose();
        MovedFile.TryEmptyLog(_connection, _path);
        _connection.Dispose();
    }

    private PreparedStatement Prepare(string text)
    {
        var statement = new PreparedStatement(_connection.Handle!, text);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Returns null if the row contains no valid assignment: not text, not UTF-8, empty, or longer than any version of this package writes.</summary>
    private StoredAssignment? ReadAssignment()
    {
        var variant = _find.Text(0, MaxTextBytes);
        var version = _find.Text(1, MaxTextBytes);
        return string.IsNullOrEmpty(variant) || (version is null && !_find.IsNull(1)) ? null : new StoredAssignment(variant, version);
    }

    private static void Bind(PreparedStatement statement, in AssignmentKey key)
    {
        statement.Bind(1, key.ExperimentName);
        statement.Bind(2, key.TenantId ?? "");
        statement.Bind(3, key.SubjectType ?? "");
        statement.Bind(4, key.SubjectId);
    }
}
