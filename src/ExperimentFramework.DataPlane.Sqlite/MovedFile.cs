using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Detects that the file of an open database was deleted, renamed or replaced, and prepares to close it. SQLite continues with the file that it opened; a deleted one
/// is gone when this process ends.
/// </summary>
internal static partial class MovedFile
{
    /// <summary>https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntlhasmoved</summary>
    private const int HasMoved = 20;

    /// <summary>Where Linux lists the files that this process has open.</summary>
    private const string OpenFiles = "/proc/self/fd";

    /// <summary>Whether the path no longer refers to the file that the connection has open. Costs one <c>stat</c>.</summary>
    public static bool IsMoved(sqlite3 database, string path)
    {
        try
        {
            var hasMoved = 0;
            var result = FileControl(database.DangerousGetHandle(), nint.Zero, HasMoved, ref hasMoved);
            return result == raw.SQLITE_OK ? hasMoved != 0 : !File.Exists(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // The application uses another build of SQLite, with another name.
            return !File.Exists(path);
        }
    }

    /// <summary>
    /// Writes the write-ahead log of a moved file into the file, and empties the log. SQLite finds the log by the file's name and does not do this when it closes a moved
    /// file: what is only in the log would be lost, or be written into the file that has the name now. If no file has the name, the log is deleted, so that a new file gets
    /// its own.
    /// </summary>
    /// <exception cref="TimeoutException">Another connection is reading from the log.</exception>
    public static void EmptyLog(SqliteConnection connection, string path)
    {
        try
        {
            using var checkpoint = new PreparedStatement(connection.Handle!, "PRAGMA wal_checkpoint(TRUNCATE);");
            if (!checkpoint.Step() || checkpoint.Integer(0) != 0)
            {
                throw SafeText.Own(new TimeoutException("Another process is still reading from the SQLite file that was moved, deleted or replaced."));
            }
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_FULL && IsDeleted(path))
        {
            // It may have been deleted to free its space, which closing it does. A file that was renamed keeps what is in its log: it stays open until there is space.
        }

        OpenDatabases.DeleteLeftLog(path);
    }

    /// <summary>Whether this process has a file open that had the path and was deleted, as Linux reports it; false elsewhere.</summary>
    internal static bool IsDeleted(string path) =>
        Directory.Exists(OpenFiles) && !File.Exists(path) && Directory.EnumerateFileSystemEntries(OpenFiles).Any(handle => TargetOf(handle) == path + " (deleted)");

    private static string? TargetOf(string handle)
    {
        try
        {
            return new FileInfo(handle).LinkTarget;
        }
        catch (IOException)
        {
            // It was closed meanwhile.
            return null;
        }
    }

    /// <summary>Empties the write-ahead log of a file that is about to be closed for good, if the file was moved and nothing prevents it.</summary>
    public static void TryEmptyLog(SqliteConnection connection, string path)
    {
        try
        {
            if (connection.Handle is { } database && IsMoved(database, path))
            {
                EmptyLog(connection, path);
            }
        }
        catch (Exception exception) when (exception is SqliteException or TimeoutException)
        {
            // A reader or the disk prevents it, and nothing waits for either.
        }
    }

    // SQLitePCLRaw does not wrap sqlite3_file_control.
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    private static partial int FileControl(nint database, nint name, int operation, ref int answer);
}
