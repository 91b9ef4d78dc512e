using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Finds out whether a file can be written, and leaves nothing in it. A transaction that is rolled back is usually never written; this one does not fit into the
/// connection's cache, so SQLite writes it to the write-ahead log before it is rolled back, and the next transaction writes over it.
/// </summary>
internal static class WriteProbe
{
    /// <summary>More than a batch needs: some 3,000 events.</summary>
    private const int Bytes = 1 << 20;

    /// <summary>Writes 1 MiB and rolls it back. Waits for the lock of the file as long as the connection does.</summary>
    /// <param name="database">A connection of the probe's own, whose cache becomes small.</param>
    public static void Run(sqlite3 database) => PreparedStatement.Execute(
        database,
        $"PRAGMA cache_size = 10; BEGIN IMMEDIATE; CREATE TABLE dataplane_write_probe (bytes BLOB); INSERT INTO dataplane_write_probe VALUES (zeroblob({Bytes})); ROLLBACK;");
}
