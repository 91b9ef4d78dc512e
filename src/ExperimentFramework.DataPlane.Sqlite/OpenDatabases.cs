using System.Data;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Keeps this process from opening a file while it has a moved file of the same name open: SQLite finds the write-ahead log by name, so both would use the same one.
/// Events and assignments may be in one file, and each of them notices only at its next call that the file was moved.
/// </summary>
internal static class OpenDatabases
{
    private static readonly Lock Lock = new();
    private static readonly Dictionary<string, OpenFile> Files = new(StringComparer.Ordinal);
    private static readonly ConditionalWeakTable<SqliteConnection, OpenFile> FileOf = [];

    /// <summary>Opens a connection, and counts it until it is closed.</summary>
    /// <exception cref="IOException">The file was moved, and another part of this process has not closed it yet.</exception>
    public static void Open(SqliteConnection connection, string path)
    {
        OpenFile? file;
        lock (Lock)
        {
            if (!Files.TryGetValue(path, out file) || file.IsMoved)
            {
                if (file is not null && File.Exists(path + "-wal"))
                {
                    throw SafeText.Own(new IOException("The SQLite file was moved or replaced, and another part of this process that stores events or assignments in it has not closed it yet. It does so at its next call."));
                }

                Files[path] = file = new OpenFile();
            }

            file.Connections++;
        }

        try
        {
            connection.Open();
        }
        catch
        {
            Remove(file, path);
            throw;
        }

        FileOf.Add(connection, file);
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Closed)
            {
                Remove(file, path);
            }
        };
    }

    /// <summary>Records that a connection's file is not the one that its path refers to, or soon will not be. All connections to it are to be closed.</summary>
    public static void SetMoved(SqliteConnection connection)
    {
        if (FileOf.TryGetValue(connection, out var file))
        {
            file.IsMoved = true;
        }
    }

    /// <summary>Whether another connection to the same file has found that the file was moved.</summary>
    public static bool IsMoved(SqliteConnection connection) => FileOf.TryGetValue(connection, out var file) && file.IsMoved;

    /// <summary>Deletes the log of a moved file if no file has its name now, so that a new file gets its own.</summary>
    public static void DeleteLeftLog(string path)
    {
        // With the lock held, so that the log of a file that another part of this process is opening is not deleted.
        lock (Lock)
        {
            try
            {
                if (!File.Exists(path))
                {
                    File.Delete(path + "-wal");
                    File.Delete(path + "-shm");
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The folder is gone, too, or is read-only: then no new file is created either.
            }
        }
    }

    private static void Remove(OpenFile file, string path)
    {
        lock (Lock)
        {
            if (--file.Connections == 0 && Files.GetValueOrDefault(path) == file)
            {
                Files.Remove(path);
            }
        }
    }

    /// <summary>A file with its connections in this process.</summary>
    private sealed class OpenFile
    {
        private volatile bool _isMoved;

        public int Connections { get; set; }

        public bool IsMoved
        {
            get => _isMoved;
            set => _isMoved = value;
        }
    }
}
