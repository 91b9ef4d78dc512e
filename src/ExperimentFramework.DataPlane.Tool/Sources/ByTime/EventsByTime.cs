namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// Reads the events of files in the order of their times. Files whose lines are in that order are merged. If that turns out to be wrong on the way, what was read is thrown away, and all events are sorted: windows that the latest
/// events close must not be closed before the earlier ones have been counted. What can be read only once is sorted from the start.
/// </summary>
/// <param name="console">Where standard input comes from.</param>
/// <param name="files">The files.</param>
internal sealed class EventsByTime(ToolConsole console, IReadOnlyList<SourceFile> files)
{
    /// <summary>Whether sources without events are no mistake, because they are followed.</summary>
    public bool IsFollowed { get; init; }

    /// <summary>What cannot be read.</summary>
    public FaultLog Faults { get; private set; } = new();

    /// <summary>Reads all events.</summary>
    /// <param name="read">Reads them. It is called a second time, with all events from the first one on, if files turned out to be out of order: it must not keep anything of the first time.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="CommandException">A file that was named is missing, empty or not one of events, or there is no room to sort.</exception>
    public async Task<T> ReadAsync<T>(Func<IAsyncEnumerable<SourceEvent>, Task<T>> read, CancellationToken cancellationToken)
    {
        if (!files.Any(IsPipe))
        {
            try
            {
                return await read(new MergedSource(console, files, fault => Faults.Add(fault)) { IsFollowed = IsFollowed }.ReadAsync(cancellationToken));
            }
            catch (NotMergeableException)
            {
                Faults = new FaultLog();
            }
        }

        using var sort = new TimeSort();
        return await read(sort.SortAsync(new EventSource(console, files, fault => Faults.Add(fault)) { IsFollowed = IsFollowed }.ReadAsync(cancellationToken), cancellationToken));
    }

    /// <summary>Whether a file may be a pipe, which has no size.</summary>
    private static bool IsPipe(SourceFile file) => file.IsStandardInput || (file is { Folder: null, Bytes: 0, Remote: null });
}
