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

    /// <summary>Columns of Parquet files that need not be read; null to read all.</summary>
    public IReadOnlySet<string>? Unread { get; init; }

    /// <summary>The memory for row groups of Parquet files that are open at once, in bytes.</summary>
    public long MaxMemory { get; init; } = MergedSource.DefaultMaxMemory;

    /// <summary>What cannot be read.</summary>
    public FaultLog Faults { get; private set; } = new();

    /// <summary>The files that were read, and their bytes, by format.</summary>
    public IReadOnlyDictionary<SourceFormat, (int Files, long Bytes)> Formats { get; private set; } = new Dictionary<SourceFormat, (int, long)>();

    /// <summary>Where reading of files with plain lines ended, by path.</summary>
    public IReadOnlyDictionary<string, (long Lines, long Bytes)> Ends { get; private set; } = new Dictionary<string, (long, long)>();

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
                return await read(new MergedSource(console, Create(Unread)) { MaxMemory = MaxMemory }.ReadAsync(cancellationToken));
            }
            catch (NotMergeableException)
            {
                Faults = new FaultLog();
            }
        }

        // An event that is written to be sorted is written whole.
        using var sort = new TimeSort();
        return await read(sort.SortAsync(Create(unread: null).ReadAsync(cancellationToken), cancellationToken));
    }

    private EventSource Create(IReadOnlySet<string>? unread)
    {
        var source = new EventSource(console, files, fault => Faults.Add(fault)) { IsFollowed = IsFollowed, Unread = unread };
        (Formats, Ends) = (source.Formats, source.Ends);
        return source;
    }

    /// <summary>Whether a file may be a pipe, which has no size.</summary>
    private static bool IsPipe(SourceFile file) => file.IsStandardInput || (file is { Folder: null, Bytes: 0, Remote: null });
}
