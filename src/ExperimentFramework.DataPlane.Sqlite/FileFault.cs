using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Says what is wrong with a database file, its folder or its disk, and what to do.</summary>
internal static class FileFault
{
    /// <summary>Returns what to do; null if the fault is another one.</summary>
    public static string? Remedy(Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => "The disk of the SQLite file is full. Free space on it: deleting rows takes space, too.",
        SqliteException { SqliteErrorCode: raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH } =>
            "The SQLite file, its folder or its disk is read-only. Let this process write to all three.",
        SqliteException { SqliteErrorCode: raw.SQLITE_CANTOPEN } => "The SQLite file cannot be opened. Make sure that its folder exists and is not read-only for this process.",
        SqliteException { SqliteErrorCode: raw.SQLITE_IOERR } => "The disk of the SQLite file reports an error. Check the disk, and that it has space left.",
        UnauthorizedAccessException => "The SQLite file cannot be opened. Let this process read and write it.",
        _ => null,
    };
}
