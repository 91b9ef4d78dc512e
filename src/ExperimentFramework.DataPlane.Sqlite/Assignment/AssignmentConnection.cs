using Microsoft.Data.Sqlite;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>One connection with its statements, used by one call at a time.</summary>
internal sealed class AssignmentConnection : IDisposable
{
    private const string Key = "experiment = ?1 AND tenant = ?2 AND subject_type = ?3 AND subject_id = ?4";

    private readonly SqliteConnection _connection;
    private readonly PreparedStatement _find;
    private readonly PreparedStatement _insert;
    private readonly PreparedStatement _replace;

    /// <summary>Compiles the statements; the connection is disposed with this one, or where that fails.</summary>
    public AssignmentConnection(SqliteConnection connection)
    {
        _connection = connection;
        var database = connection.Handle!;
        try
        {
            _find = new PreparedStatement(database, $"SELECT variant, allocation_version FROM assignment WHERE {Key};");
            _insert = new PreparedStatement(
                database,
                "INSERT INTO assignment (experiment, tenant, subject_type, subject_id, variant, allocation_version, assigned_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING RETURNING 1;");
            _replace = new PreparedStatement(
                database,
                $"UPDATE assignment SET variant = ?5, allocation_version = ?6, assigned_at = ?7 WHERE {Key} AND variant = ?8 AND allocation_version IS ?9 RETURNING 1;");
        }
        catch
        {
            _find?.Dispose();
            _insert?.Dispose();
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sets how long a file that another connection writes to is waited for.</summary>
    public TimeSpan Timeout
    {
        set => SqliteDatabase.SetTimeout(_connection, value);
    }

    public StoredAssignment? Find(in AssignmentKey key)
    {
        try
        {
            Bind(_find, key);
            return _find.Step() ? new StoredAssignment(_find.Text(0)!, _find.Text(1)) : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    /// <summary>Writes where nothing stands.</summary>
    /// <returns>False where something stands.</returns>
    public bool Insert(in AssignmentKey key, StoredAssignment candidate, DateTimeOffset now) => Write(_insert, key, candidate, null, now);

    /// <summary>Writes over what is expected to stand.</summary>
    /// <returns>False where it does not.</returns>
    public bool Replace(in AssignmentKey key, StoredAssignment candidate, StoredAssignment replaced, DateTimeOffset now) =>
        Write(_replace, key, candidate, replaced, now);

    public void Dispose()
    {
        _find.Dispose();
        _insert.Dispose();
        _replace.Dispose();
        _connection.Dispose();
    }

    private static bool Write(PreparedStatement statement, in AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, DateTimeOffset now)
    {
        try
        {
            Bind(statement, key);
            statement.Bind(5, candidate.VariantKey);
            statement.Bind(6, candidate.AllocationVersion);
            statement.Bind(7, now.ToUnixTimeMilliseconds());
            if (replaced is not null)
            {
                statement.Bind(8, replaced.VariantKey);
                statement.Bind(9, replaced.AllocationVersion);
            }

            var isWritten = statement.Step();

            // A write is done, and its lock given back, when the statement has run to its end.
            while (isWritten && statement.Step())
            {
            }

            return isWritten;
        }
        finally
        {
            statement.Reset();
        }
    }

    private static void Bind(PreparedStatement statement, in AssignmentKey key)
    {
        statement.Bind(1, key.ExperimentName);
        statement.Bind(2, key.TenantId ?? "");
        statement.Bind(3, key.SubjectType ?? "");
        statement.Bind(4, key.SubjectId);
    }
}
