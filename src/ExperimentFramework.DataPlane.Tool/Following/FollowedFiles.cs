using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// Follows the JSON lines of sources as they grow, and files that appear in their folders. A journal that is renamed is read on where it was. What it is compressed or split into is read as a whole, and so is a file that was replaced: whoever receives the events knows by their ids which are new.
/// </summary>
/// <param name="console">The clock, and standard input.</param>
/// <param name="sources">The sources.</param>
/// <param name="onFault">Receives what cannot be read.</param>
internal sealed class FollowedFiles(ToolConsole console, IReadOnlyList<string> sources, Action<SourceFault> onFault)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Files may be moved away for a moment: a source is gone when it is missing for so many looks.</summary>
    private const int LooksUntilGone = 4;

    private readonly Dictionary<string, int> _missing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FollowedFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FollowedFile> _journals = new(StringComparer.Ordinal);
    private readonly List<(SourceFile File, long Lines, long Bytes)> _ends = [];

    /// <summary>Passes over files that were read, until they grow.</summary>
    /// <param name="files">The files, with their sizes from before they were read.</param>
    /// <param name="ends">Where reading ended of those with plain lines, by path: they are read on from there.</param>
    public void Skip(IEnumerable<SourceFile> files, IReadOnlyDictionary<string, (long Lines, long Bytes)> ends)
    {
        foreach (var file in files)
        {
            StateOf(file).Skip(file);
            if (ends.TryGetValue(file.Path, out var end))
            {
                _ends.Add((file, end.Lines, end.Bytes));
            }
        }
    }

    /// <summary>Reads what is new, until it is canceled.</summary>
    /// <param name="cancellationToken">Ends following.</param>
    public async IAsyncEnumerable<SourceEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await MoveToEndsAsync(cancellationToken);
        using var timer = new PeriodicTimer(Interval, console.Time);
        while (true)
        {
            foreach (var file in Files())
            {
                await foreach (var read in ReadNewAsync(file, cancellationToken))
                {
                    yield return read;
                }
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Notes by which bytes files are recognized that were read. One that has become another one meanwhile is read as a whole.</summary>
    private async Task MoveToEndsAsync(CancellationToken cancellationToken)
    {
        foreach (var (file, lines, bytes) in _ends)
        {
            try
            {
                await using var content = Open(file);
                if (content.Length >= bytes)
                {
                    await StateOf(file).MoveOnAsync(content, lines, bytes, cancellationToken);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                StateOf(file).StartOver();
            }
        }
    }

    private IReadOnlyList<SourceFile> Files()
    {
        List<SourceFile> found = [];
        foreach (var source in sources)
        {
            try
            {
                found.AddRange(SourceFiles.Find([source]));
                _missing.Remove(source);
            }
            catch (CommandException exception) when (_files.Count > 0)
            {
                var looks = _missing[source] = _missing.GetValueOrDefault(source) + 1;
                if (looks == LooksUntilGone)
                {
                    onFault(new SourceFault(source, null, null, $"{exception.Message} What is written there from now on is read when it is there again."));
                }
            }
        }

        return SourceFiles.InOrder(found);
    }

    private FollowedFile StateOf(SourceFile file)
    {
        if (_files.TryGetValue(file.Path, out var state))
        {
            return state;
        }

        state = new FollowedFile();
        _files.Add(file.Path, state);
        if (JournalName.BaseOf(file.Path) is { } journal && IsOfJournal(file.Path))
        {
            if (_journals.TryGetValue(journal, out var before))
            {
                state.ContinueFrom(before);
            }

            _journals[journal] = state;
        }

        return state;
    }

    /// <summary>Whether a file has the bytes that its journal wrote, and not those that were made of them.</summary>
    private static bool IsOfJournal(string path) =>
        (JournalName.IsOpen(path) || path.EndsWith(JournalName.Lines, StringComparison.Ordinal)) && !PartitionName.IsPartition(Path.GetDirectoryName(path)!);

    private async IAsyncEnumerable<SourceEvent> ReadNewAsync(SourceFile file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var state = StateOf(file);
        state.Look(file);
        if (!state.IsUnread)
        {
            yield break;
        }

        if (await TryOpenLinesAsync(file, state, cancellationToken) is not { } lines)
        {
            if (file.IsStandardInput || state.IsSettled)
            {
                state.Read();
                await foreach (var read in new EventSource(console, [file], onFault) { IsFollowed = true }.ReadAsync(cancellationToken))
                {
                    yield return read;
                }
            }

            yield break;
        }

        state.Read();
        var options = new EventReadingOptions { OnUnreadableLine = line => onFault(new SourceFault(line.File, line.Line, line.Field, line.Message)) };
        await using var reader = EventFileReader.OfGrowth(lines, file.Path, state.Lines, options);
        while (await NextAsync(reader, file, cancellationToken) is { } stored)
        {
            yield return new SourceEvent(stored.Envelope, file.Path, stored.Line, reader.Json);
        }

        if (lines.CanSeek)
        {
            await MoveOnAsync(state, lines, reader, cancellationToken);
        }
    }

    private static async Task MoveOnAsync(FollowedFile state, Stream lines, EventFileReader reader, CancellationToken cancellationToken)
    {
        try
        {
            await state.MoveOnAsync(lines, reader.Complete.Lines, reader.Complete.Bytes, cancellationToken);
        }
        catch (IOException)
        {
            // What it is recognized by cannot be read.
            state.StartOver();
        }
    }

    private async ValueTask<StoredEvent?> NextAsync(EventFileReader reader, SourceFile file, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            onFault(new SourceFault(file.Path, null, null, $"'{file.Path}' cannot be read to its end: {exception.Message}"));
            return null;
        }
    }

    /// <summary>Opens the lines that are new. Null if the file holds no plain lines, or cannot be opened: reading it as a whole says why.</summary>
    private static async Task<Stream?> TryOpenLinesAsync(SourceFile file, FollowedFile state, CancellationToken cancellationToken)
    {
        if (file.IsStandardInput)
        {
            return null;
        }

        try
        {
            if (state.Offset > 0)
            {
                var lines = Open(file);
                if (await state.TryContinueAsync(lines, cancellationToken))
                {
                    return lines;
                }

                await lines.DisposeAsync();
                state.StartOver();
            }

            var content = await SourceContent.OpenAsync(file.Path, static _ => { }, cancellationToken);
            if (content is { Format: SourceFormat.JsonLines, IsBinary: false, IsPipe: true })
            {
                return content.Stream;
            }

            await content.DisposeAsync();
            return content is { Format: SourceFormat.JsonLines, IsBinary: false } ? Open(file) : null;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // It may have become another file, or be readable the next time.
            return null;
        }
    }

    private static FileStream Open(SourceFile file) => new(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
