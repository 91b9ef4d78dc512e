using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// Follows the JSON lines of sources as they grow, and files that appear in their folders. An event is shown once although its file is renamed or compressed: files are known by the name of their journal.
/// </summary>
/// <param name="console">The clock, and standard input.</param>
/// <param name="sources">The sources.</param>
/// <param name="onFault">Receives what cannot be read.</param>
internal sealed class FollowedFiles(ToolConsole console, IReadOnlyList<string> sources, Action<SourceFault> onFault)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>How many lines of each file were read.</summary>
    private readonly Dictionary<string, (long Lines, long Bytes)> _read = new(StringComparer.Ordinal);

    /// <summary>Reads what is new, until it is canceled.</summary>
    /// <param name="skipsExisting">Whether events that are there at the start are passed over.</param>
    /// <param name="cancellationToken">Ends following.</param>
    public async IAsyncEnumerable<SourceEvent> ReadAsync(bool skipsExisting, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var timer = new PeriodicTimer(Interval, console.Time);
        var shows = !skipsExisting;
        while (true)
        {
            foreach (var file in Files().Where(HasGrown))
            {
                await foreach (var read in ReadNewAsync(file, cancellationToken))
                {
                    if (shows)
                    {
                        yield return read;
                    }
                }
            }

            shows = true;
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private IReadOnlyList<SourceFile> Files()
    {
        try
        {
            return SourceFiles.Find(sources);
        }
        catch (CommandException) when (_read.Count > 0)
        {
            // Files may be moved away for a moment, or for ever.
            return [];
        }
    }

    private bool HasGrown(SourceFile file) => !_read.TryGetValue(KeyOf(file), out var read) || (file.Bytes != read.Bytes && !IsCompressed(file));

    private async IAsyncEnumerable<SourceEvent> ReadNewAsync(SourceFile file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var key = KeyOf(file);
        var (before, _) = _read.GetValueOrDefault(key);
        var last = before;
        var source = new EventSource(console, [file], onFault) { AcceptsEmptyFiles = true };
        await foreach (var read in source.ReadAsync(cancellationToken))
        {
            if (read.Position > before)
            {
                last = read.Position;
                yield return read;
            }
        }

        _read[key] = (last, file.Bytes);
    }

    /// <summary>Compressed files hold what their journal held, which was followed.</summary>
    private static bool IsCompressed(SourceFile file) => !file.Path.EndsWith(JournalName.Lines, StringComparison.Ordinal) && !JournalName.IsOpen(file.Path);

    private static string KeyOf(SourceFile file) => JournalName.BaseOf(file.Path) ?? file.Path;
}
