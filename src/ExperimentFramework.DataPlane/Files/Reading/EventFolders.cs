namespace ExperimentFramework.DataPlane;

/// <summary>
/// Finds files in a folder and in the folders below it, each once: links to folders that are found anyway are not followed. Folders that cannot hold whole files of events are passed over: <c>lost+found</c>, which the root of
/// a volume has for its owner only, and those that are being written under a temporary name.
/// </summary>
internal static class EventFolders
{
    /// <summary>The folder in which a file system keeps what it has found of damaged files.</summary>
    public const string LostFiles = "lost+found";

    /// <summary>The number of links on the way to a file that are followed, as many as Linux follows: more of them are taken for a circle.</summary>
    private const int MaxLinks = 40;

    /// <summary>Finds files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">What their names look like.</param>
    /// <param name="onUnreadable">Receives each folder below it that there is no permission to look into; null to throw the reason.</param>
    /// <exception cref="UnauthorizedAccessException">There is no permission to look into the folder.</exception>
    public static IEnumerable<string> Files(string folder, string pattern, Action<string, UnauthorizedAccessException>? onUnreadable = null)
    {
        var waiting = new Stack<(string Path, string Target)>([(folder, TargetOf(folder) ?? folder)]);
        var links = new Queue<(string Path, string Link)>();
        var visited = new HashSet<string>(StringComparer.Ordinal);
        while (waiting.TryPop(out var next) || TryFollow(links, out next))
        {
            if (visited.Add(next.Target))
            {
                foreach (var file in Look(next, pattern, next.Path == folder, onUnreadable, waiting, links))
                {
                    yield return file;
                }
            }
        }
    }

    /// <summary>Finds files in the folders that there is permission to look into.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">What their names look like.</param>
    /// <exception cref="UnauthorizedAccessException">There is no permission to look into the folder itself.</exception>
    public static IEnumerable<string> FilesThatCanBeRead(string folder, string pattern) => Files(folder, pattern, static (_, _) => { });

    private static string[] Look(
        (string Path, string Target) folder, string pattern, bool isTop, Action<string, UnauthorizedAccessException>? onUnreadable, Stack<(string Path, string Target)> waiting, Queue<(string Path, string Link)> links)
    {
        try
        {
            // Before the folders: a file that is split is deleted after its parts are in them.
            var files = Directory.GetFiles(folder.Path, pattern);
            foreach (var below in new DirectoryInfo(folder.Path).EnumerateDirectories().Where(static below => !IsPassedOver(below.Name)).OrderBy(static below => below.Name, StringComparer.Ordinal))
            {
                var target = Path.Join(folder.Target, below.Name);
                if (below.Attributes.HasFlag(FileAttributes.ReparsePoint))
                {
                    links.Enqueue((below.FullName, target));
                }
                else
                {
                    waiting.Push((below.FullName, target));
                }
            }

            return files;
        }
        catch (UnauthorizedAccessException exception) when (!isTop && onUnreadable is not null)
        {
            onUnreadable(folder.Path, exception);
        }
        catch (DirectoryNotFoundException) when (!isTop)
        {
            // It was deleted meanwhile.
        }

        return [];
    }

    /// <summary>Takes the next link, once all folders were visited that are no links.</summary>
    private static bool TryFollow(Queue<(string Path, string Link)> links, out (string Path, string Target) next)
    {
        while (links.TryDequeue(out var link))
        {
            if (TargetOf(link.Link) is { } target)
            {
                next = (link.Path, target);
                return true;
            }
        }

        next = default;
        return false;
    }

    /// <summary>
    /// The path of a file or folder without links, also among the folders above it, as the system resolves it: <c>..</c> after a link leads to the folder above its target. Null if links lead back to themselves. What it
    /// leads to need not exist.
    /// </summary>
    public static string? TargetOf(string path)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full)!;
        var links = 0;
        return Resolve(root, full[root.Length..], ref links);
    }

    private static string? Resolve(string folder, string path, ref int links)
    {
        var target = folder;
        foreach (var name in path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))
        {
            var next = name switch
            {
                "." => target,
                ".." => Path.GetDirectoryName(target) ?? target,
                _ => Path.Join(target, name),
            };
            if (name is "." or ".." || LinkOf(next) is not { } link)
            {
                target = next;
                continue;
            }

            // On Windows, a link without a drive is of the drive that it is on.
            var root = Path.IsPathFullyQualified(link) ? Path.GetPathRoot(link)! : Path.GetPathRoot(target)!;
            if (++links > MaxLinks || Resolve(Path.IsPathRooted(link) ? root : target, link[Path.GetPathRoot(link)!.Length..], ref links) is not { } resolved)
            {
                return null;
            }

            target = resolved;
        }

        return target;
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return new DirectoryInfo(path).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a folder of a name is passed over if it is below the one that is read.</summary>
    public static bool IsPassedOver(string name) => name == LostFiles || name.EndsWith(JournalName.Temporary, StringComparison.Ordinal);
}
