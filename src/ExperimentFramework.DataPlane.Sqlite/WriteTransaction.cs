using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// A transaction that takes the write lock when it starts, so that what it reads cannot change before it writes. Rolled back unless committed.
/// </summary>
internal sealed class WriteTransaction(sqlite3 database) : IDisposable
{
    private readonly PreparedStatement _begin = new(database, "BEGIN IMMEDIATE;");
    private readonly PreparedStatement _commit = new(database, "COMMIT;");
    private readonly PreparedStatement _rollback = new(database, "ROLLBACK;");

    /// <summary>Runs an action in a transaction, which is committed as a whole or not at all.</summary>
    /// <exception cref="TimeoutException">The file was locked until the timeout expired.</exception>
    public T Run<T>(Func<T> work)
    {
        _begin.Run();
        try
        {
            var result = work();
            _commit.Run();
            return result;
        }
        finally
        {
            // After some errors, such as a full disk, SQLite has already rolled back.
            if (raw.sqlite3_get_autocommit(database) == 0)
            {
                _rollback.Run();
            }
        }
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
    }
}
