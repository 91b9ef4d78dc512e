namespace ExperimentFramework.DataPlane;

/// <summary>
/// Finds files in a folder and in the folders below it, each once: links to folders that are found anyway are not followed. Folders that cannot hold whole files of events are passed over: <c>lost+found</c>, which the root of
/// a volume has for its owner only, and those that are being written under a temporary name.
/// </summary>
internal static class EventFolders
{
    private const string LostFiles = "lost+found";

    /// <summary>Finds files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">What their names look like.</param>
    /// <param name="onUnreadable">Receives each folder below it that there is no permission to look into; null to throw the reason.</param>
    /// <exception cref="UnauthorizedAccessException">There is no permission to look into the folder.</exception>
    public static IEnumerable<string> Files(string folder, string pattern, Action<string, UnauthorizedAccessException>? onUnreadable = null)
    {
        var waiting = new Stack<(string Path, string Target)>([(folder, TargetOf(new DirectoryInfo(folder)) ?? folder)]);
        var links = new Queue<DirectoryInfo>();
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

    private static string[] Look(
        (string Path, string Target) folder, string pattern, bool isTop, Action<string, UnauthorizedAccessException>? onUnreadable, Stack<(string Path, string Target)> waiting, Queue<DirectoryInfo> links)
    {
        try
        {
            // Before the folders: a file that is split is deleted after its parts are in them.
            var files = Directory.GetFiles(folder.Path, pattern);
            foreach (var below in new DirectoryInfo(folder.Path).EnumerateDirectories().Where(static below => !IsPassedOver(below.Name)).OrderBy(static below => below.Name, StringComparer.Ordinal))
            {
                if (below.Attributes.HasFlag(FileAttributes.ReparsePoint))
                {
                    links.Enqueue(below);
                }
                else
                {
                    waiting.Push((below.FullName, Path.Join(folder.Target, below.Name)));
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
    private static bool TryFollow(Queue<DirectoryInfo> links, out (string Path, string Target) next)
    {
        while (links.TryDequeue(out var link))
        {
            if (TargetOf(link) is { } target)
            {
                next = (link.FullName, target);
                return true;
            }
        }

        next = default;
        return false;
    }

    /// <summary>The folder that a link leads to; of one that is no link, its own path, and null if it leads nowhere.</summary>
    private static string? TargetOf(DirectoryInfo folder)
    {
        try
        {
            return Path.TrimEndingDirectorySeparator(folder.LinkTarget is null ? folder.FullName : folder.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool IsPassedOver(string name) => name == LostFiles || name.EndsWith(JournalName.Temporary, StringComparison.Ordinal);
}
