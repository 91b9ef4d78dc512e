using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Says what is wrong with the file of events, and what to do.</summary>
internal static class EventFileFault
{
    /// <summary>Returns the exception for the pipeline, which retries the batch.</summary>
    public static Exception Describe(Exception exception) => Remedy(exception) is { } remedy
        ? SafeText.Own(new IOException(remedy, exception))
        : exception;

    private static string? Remedy(Exception exception) => exception switch
    {
        TimeoutException => "The SQLite file is locked by another process. End its transaction: while it lasts, no other process can write.",
        SqliteException fault when SqliteDatabase.IsDamage(fault) => "The SQLite file is damaged or is not a database. A damaged database is renamed, and events go to a new file; a file that never was a database is left alone: use another path.",
        SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_TRIGGER } =>
            "A trigger that was added to the SQLite file refuses the change. Remove it; SELECT name FROM sqlite_master WHERE type = 'trigger' lists them.",
        SqliteException { SqliteErrorCode: raw.SQLITE_CONSTRAINT } fault =>
            $"A rule that was added to the SQLite file refuses the change: {fault.Message}. Remove the index, the column or the constraint.",
        _ => FileFault.Remedy(exception),
    };
}
