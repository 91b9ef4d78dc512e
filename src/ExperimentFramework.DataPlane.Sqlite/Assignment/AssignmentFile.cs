using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Opens the assignment file and migrates its table to the latest version.</summary>
internal sealed class AssignmentFile(SqliteDatabase database)
{
    /// <summary>
    /// Version 2 adds the time when a subject was last seen. Rows of version 1 count as seen when they are migrated: the real time is unknown, and an
    /// active subject must not lose its variant.
    /// </summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE assignment (
            experiment TEXT NOT NULL,
            tenant TEXT NOT NULL,
            subject_type TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            variant TEXT NOT NULL,
            allocation_version TEXT,
            assigned_at INTEGER NOT NULL,
            PRIMARY KEY (experiment, tenant, subject_type, subject_id)
        ) WITHOUT ROWID;
        """,
        """
        ALTER TABLE assignment ADD COLUMN last_seen_at INTEGER NOT NULL DEFAULT 0;
        UPDATE assignment SET last_seen_at = max(assigned_at, unixepoch() * 1000);
        CREATE INDEX assignment_by_last_seen ON assignment (last_seen_at);
        """,
    ];

    /// <summary>Opens the first connection. A damaged file is renamed, and a new one is created.</summary>
    /// <param name="timeout">How long to wait for a locked file.</param>
    /// <param name="now">The time for the name of a damaged file.</param>
    /// <param name="aside">The new path of a damaged file, and its error; null if the file was not damaged.</param>
    public AssignmentConnection OpenOrBegin(TimeSpan timeout, DateTimeOffset now, out (string Path, Exception Damage)? aside) => database.OpenOrReplace(
        () => Open(timeout),
        exception => exception.SqliteErrorCode == raw.SQLITE_CORRUPT || DamagedFile.MayBeDatabase(database.Path),
        now,
        out aside);

    private AssignmentConnection Open(TimeSpan timeout)
    {
        var connection = database.OpenFirst(DatabaseUse.OfAssignments, timeout);
        try
        {
            database.Migrate(connection, DatabaseUse.Assignment, Migrations);
            return new AssignmentConnection(connection, database.Path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
