using System.Runtime.InteropServices;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Detects that the file of an open database was deleted, renamed or replaced: SQLite continues with the file that it opened, which no other process
/// can see and which is gone when this process ends.
/// </summary>
internal static partial class MovedFile
{
    /// <summary>https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntlhasmoved</summary>
    private const int HasMoved = 20;

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

    // SQLitePCLRaw does not wrap sqlite3_file_control.
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    private static partial int FileControl(nint database, nint name, int operation, ref int answer);
}
