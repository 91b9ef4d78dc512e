namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Finds the files of sources.</summary>
internal static class SourceFiles
{
    private static readonly string[] PasswordWords = ["password", "passwd", "pwd=", "psw="];

    /// <summary>Finds the files of all sources, each once, in the order of their names, which begin with a time: lines of several hosts interleaved, and Parquet one folder after the other.</summary>
    /// <param name="sources">Files, folders, addresses of topics and databases, or <c>-</c> for standard input.</param>
    /// <exception cref="CommandException">There is nothing at a path, a folder has no events, there is no permission to look, or an address has a mistake.</exception>
    public static IReadOnlyList<SourceFile> Find(IReadOnlyList<string> sources)
    {
        var files = new List<SourceFile>();
        foreach (var source in sources)
        {
            try
            {
                files.AddRange(Of(source));
            }
            catch (UnauthorizedAccessException exception)
            {
                throw new CommandException($"There is no permission to look into {Quoted(source)}. Run the command as a user that may read it: {exception.Message}", exception);
            }
            catch (Exception exception) when (exception is IOException or ArgumentException)
            {
                throw new CommandException(source.Length == 0 ? "A source is empty: name a file or a folder." : $"The source {Quoted(source)} cannot be read: {exception.Message}", exception);
            }
        }

        return InOrder(files);
    }

    /// <summary>Each file once, in the order that they are read.</summary>
    public static IReadOnlyList<SourceFile> InOrder(IEnumerable<SourceFile> files) =>
    [
        .. files.DistinctBy(static file => file.Path, StringComparer.Ordinal)
            .OrderBy(static file => file.IsNamedParquet ? Path.GetDirectoryName(file.Path) : "", StringComparer.Ordinal)
            .ThenBy(static file => Path.GetFileName(file.Path), StringComparer.Ordinal)
            .ThenBy(static file => file.Path, StringComparer.Ordinal),
    ];

    /// <summary>The server that a source names; null if it names none.</summary>
    /// <exception cref="CommandException">The address has a mistake.</exception>
    public static RemoteSource? RemoteOf(string source) => (RemoteSource?)KafkaSource.Parse(source) ?? PostgreSqlSource.Parse(source);

    private static List<SourceFile> Of(string source)
    {
        if (source == SourceFile.StandardInput)
        {
            return [new SourceFile(source, null, 0)];
        }

        if (RemoteOf(source) is { } remote)
        {
            return [new SourceFile(remote.Name, null, 0) { Remote = remote }];
        }

        var path = Path.GetFullPath(source);
        if (Directory.Exists(path))
        {
            var files = InFolder(path);
            return files.Count > 0 ? files : throw new CommandException(Empty(source, path));
        }

        return File.Exists(path)
            ? [Of(new FileInfo(path), folder: null)]
            : throw new CommandException($"There is no file and no folder {Quoted(source)}. Name a file or folder that a destination wrote, a topic as kafka://HOST:PORT/TOPIC, a database as postgresql://USER@HOST/DATABASE, or - for standard input.");
    }

    private static string Quoted(string source) => MayHoldPassword(source) ? "of the name that was given, which may hold a password and is not repeated" : $"'{source}'";

    /// <summary>Whether a text may be an address of a kind that is not known, or a connection string.</summary>
    private static bool MayHoldPassword(string source) =>
        source.Contains("://", StringComparison.Ordinal)
        || (source.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon && source.IndexOf('@', colon) >= 0)
        || Array.Exists(PasswordWords, word => source.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static List<SourceFile> InFolder(string folder)
    {
        var files = new List<SourceFile>();
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in EventFileList.Of(folder, (closed, _) => files.Add(new SourceFile(closed, folder, 0) { IsClosedFolder = true })))
        {
            found.Add(path);
            if (!SourceFile.IsDeadLink(path, out _) || IsMeantAsSource(path))
            {
                files.Add(Of(new FileInfo(path), folder));
            }
        }

        // Afterwards, so that a journal that is converted meanwhile is found as what it has become.
        foreach (var path in EventFolders.FilesThatCanBeRead(folder, "*").Where(path => !found.Contains(path) && (SourceFile.IsDeadLink(path, out _) ? IsMeantAsSource(path) : IsConverted(path))))
        {
            files.Add(Of(new FileInfo(path), folder));
        }

        return files;
    }

    private static bool IsConverted(string path) => path.EndsWith(SourceFile.Parquet, StringComparison.Ordinal) || path.EndsWith(SourceFile.Zstd, StringComparison.Ordinal);

    /// <summary>Whether a link that leads to nothing may have been meant as a source: it may be that of a folder that is not mounted. Editors lock a file by a link of a hidden name to a user and host.</summary>
    private static bool IsMeantAsSource(string path) => Path.GetFileName(path) is var name && !name.StartsWith('.') && !EventFolders.IsPassedOver(name);

    private static SourceFile Of(FileInfo file, string? folder) => new(file.FullName, folder, BytesOf(file)) { WrittenAt = file.LastWriteTimeUtc };

    /// <summary>A link has the length of its name. That of a process substitution leads to a pipe, which is at no path.</summary>
    private static long BytesOf(FileInfo file)
    {
        var target = file.LinkTarget is null ? file : EventFolders.TargetOf(file.FullName) is { } path ? new FileInfo(path) : null;
        return target is { Exists: true } ? target.Length : 0;
    }

    private static string Empty(string source, string folder)
    {
        var other = EventFolders.FilesThatCanBeRead(folder, "*").FirstOrDefault();
        return $"The folder '{source}' has no events: no file in it or below it ends in .jsonl, .jsonl.gz, .jsonl.zst, .jsonl.open or .parquet. "
            + (other is null ? "It is empty: was another folder meant?" : $"It has other files, such as '{Path.GetRelativePath(folder, other)}': name a file itself to have it read whatever it is called.");
    }
}
