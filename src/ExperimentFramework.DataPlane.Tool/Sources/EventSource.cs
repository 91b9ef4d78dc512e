using System.Runtime.CompilerServices;
using ExperimentFramework.DataPlane.Parquet;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// Reads the events of files, one file after the other. What cannot be read is reported, and reading continues behind it.
/// </summary>
/// <param name="console">Where standard input comes from.</param>
/// <param name="files">The files.</param>
/// <param name="onFault">Receives each part that cannot be read.</param>
internal sealed class EventSource(ToolConsole console, IReadOnlyList<SourceFile> files, Action<SourceFault> onFault)
{
    private readonly Dictionary<SourceFormat, (int Files, long Bytes)> _read = [];
    private readonly Dictionary<string, (long Lines, long Bytes)> _ends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileTally> _tallies = new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = files.Select(static file => file.Path).ToHashSet(StringComparer.Ordinal);
    private readonly BlockPool _pool = new();
    private Action<long>? _onProgress;
    private long _bytes;

    /// <summary>The files.</summary>
    public IReadOnlyList<SourceFile> Files => files;

    /// <summary>Whether a file that was named may have no events, because the faults say so. Otherwise that is an error.</summary>
    public bool AcceptsEmptyFiles { get; init; }

    /// <summary>Whether a source without events is no mistake, because it is followed.</summary>
    public bool IsFollowed { get; init; }

    /// <summary>Columns of Parquet files that are not read; null to read all.</summary>
    public IReadOnlySet<string>? Unread { get; init; }

    /// <summary>The files that were read, and their bytes, by format.</summary>
    public IReadOnlyDictionary<SourceFormat, (int Files, long Bytes)> Formats => _read;

    /// <summary>Where reading of files with plain lines ended, by path: how many lines have an end, and their bytes.</summary>
    public IReadOnlyDictionary<string, (long Lines, long Bytes)> Ends => _ends;

    /// <summary>Reads all events, one file after the other.</summary>
    /// <exception cref="CommandException">A source that was named is missing, empty, or not one of events.</exception>
    public async IAsyncEnumerable<SourceEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var progress = ShowProgress();
        foreach (var file in files)
        {
            await foreach (var read in ReadFileAsync(file, cancellationToken))
            {
                yield return read;
            }

            RequireEvents(file);
        }

        RequireEventsOfFolders();
    }

    /// <summary>Shows from now on how far reading has come, until the result is disposed.</summary>
    public IDisposable ShowProgress()
    {
        var progress = new ProgressLine(console, files.Sum(static file => file.Bytes));
        _onProgress = progress.Advance;
        return progress;
    }

    /// <summary>Reads the events of one of the files, or of one of its row groups. Whether it has any is not checked.</summary>
    public IAsyncEnumerable<SourceEvent> ReadFileAsync(SourceFile file, CancellationToken cancellationToken) =>
        file.RowGroup is { } group ? ReadRowGroup(file, group) : ReadWholeFileAsync(file, cancellationToken);

    private async IAsyncEnumerable<SourceEvent> ReadWholeFileAsync(SourceFile file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tally = TallyOf(file);
        var parts = new Queue<SourceFile>([file]);
        while (parts.TryDequeue(out var part))
        {
            if (await OpenAsync(part, fault => Report(tally, fault), cancellationToken) is not { } content)
            {
                var successors = Successors(part);
                foreach (var successor in successors.Where(path => !_found.Contains(path)))
                {
                    parts.Enqueue(file with { Path = successor });
                }

                if (part is { Folder: not null, IsClosedFolder: false } && successors.Count == 0 && !File.Exists(part.Path))
                {
                    Report(tally, new SourceFault(part.Path, null, null, $"'{part.Path}' was deleted before it was read."));
                }

                continue;
            }

            await foreach (var read in content)
            {
                Count(tally);
                yield return read;
            }
        }
    }

    private RowGroupEvents ReadRowGroup(SourceFile file, RowGroupPart group)
    {
        var tally = TallyOf(file);
        return new RowGroupEvents(file.Path, new RowGroupByTime(file.Path, group.Index, UnreadColumns.Of(group, Unread), _pool))
        {
            OnOpen = () => CountRowGroup(file, tally),
            OnEvent = () => Count(tally),
            OnFault = fault => Report(tally, fault),
            OnEnd = () => _bytes += group.Bytes,
        };
    }

    private void CountRowGroup(SourceFile file, FileTally tally)
    {
        if (tally.TryOpen())
        {
            CountFile(SourceFormat.Parquet, file.Bytes);
        }
    }

    private void Count(FileTally tally)
    {
        tally.Events++;
        _onProgress?.Invoke(_bytes);
    }

    private void Report(FileTally tally, SourceFault fault)
    {
        if (tally.Add(fault))
        {
            onFault(fault);
        }
    }

    /// <summary>Requires that all sources that were named have events.</summary>
    /// <exception cref="CommandException">One has none.</exception>
    public void RequireEvents()
    {
        foreach (var file in files)
        {
            RequireEvents(file);
        }

        RequireEventsOfFolders();
    }

    private FileTally TallyOf(SourceFile file)
    {
        if (!_tallies.TryGetValue(file.Path, out var tally))
        {
            tally = new FileTally();
            _tallies.Add(file.Path, tally);
        }

        return tally;
    }

    /// <summary>A file that was named and has no events is a mistake; in a folder it may be one that has just been begun.</summary>
    private void RequireEvents(SourceFile file)
    {
        var tally = TallyOf(file);
        if (tally.Events > 0 || file.Folder is not null || AcceptsEmpty(tally.Faults))
        {
            return;
        }

        throw new CommandException(tally.First is not { } first
            ? $"'{file.Path}' is empty: it has no events. {(file.IsStandardInput ? "Nothing was written to standard input." : file.Remote is { } remote ? remote.EmptyQuestion : "Was another file meant, or has its writer ended before the first event?")}"
            : $"'{file.Path}' has no events. {first.Message}");
    }

    /// <summary>A folder without events is a mistake, too, unless a journal in it has just been begun.</summary>
    private void RequireEventsOfFolders()
    {
        foreach (var folder in files.Where(static file => file.Folder is not null).GroupBy(static file => file.Folder!))
        {
            FileTally[] tallies = [.. folder.Select(TallyOf)];
            var first = Array.Find(tallies, static tally => tally.First is not null)?.First;
            if (Array.TrueForAll(tallies, static tally => tally.Events == 0)
                && (first is not null || !folder.Any(static file => JournalName.IsOpen(file.Path)))
                && !AcceptsEmpty(first is null ? 0 : 1))
            {
                throw new CommandException(first is null
                    ? $"The files in the folder '{folder.Key}' are empty: it has no events. Was another folder meant, or has its writer ended before the first event?"
                    : $"Nothing in the folder '{folder.Key}' could be read. {first.Message}{Others(tallies.Sum(static tally => tally.Faults) - 1)}");
            }
        }
    }

    private static string Others(long faults) => faults > 0 ? $" {NumberText.Of(faults, "more part", "more parts")} could not be read: dataplane verify lists them." : "";

    private bool AcceptsEmpty(long faults) => IsFollowed || (faults > 0 && AcceptsEmptyFiles);

    /// <summary>Opens a file.</summary>
    /// <returns>Its events; null if it could not be opened.</returns>
    private async Task<IAsyncEnumerable<SourceEvent>?> OpenAsync(SourceFile file, Action<SourceFault> report, CancellationToken cancellationToken)
    {
        if (file.Remote is { } remote)
        {
            CountFile(remote.Format, bytes: 0);
            return ReadRemoteAsync(remote, report, cancellationToken);
        }

        if (await TryOpenAsync(file, report, cancellationToken) is not { } content)
        {
            return null;
        }

        CountFile(content.Format, file.Bytes);
        if (content is { IsEmpty: true, IsPipe: false } && file.IsNamedWhole)
        {
            await content.DisposeAsync();
            report(new SourceFault(file.Path, null, null, $"'{file.Path}' has 0 bytes, which no whole file of its kind has. Remove it, or restore it from a backup."));
            return AsyncEnumerable.Empty<SourceEvent>();
        }

        if (content.Format == SourceFormat.Parquet || content.IsBinary)
        {
            await content.DisposeAsync();
            return content.Format == SourceFormat.Parquet ? ReadParquetAsync(file, content.IsPipe, report, cancellationToken) : ReportForeign(file, report);
        }

        return ReadLinesAsync(file, content, report, cancellationToken);
    }

    private static IAsyncEnumerable<SourceEvent> ReportForeign(SourceFile file, Action<SourceFault> report)
    {
        report(new SourceFault(file.Path, null, null, $"'{file.Path}' is neither JSON lines, plain or compressed with gzip or zstd, nor Parquet. Name files that a destination wrote."));
        return AsyncEnumerable.Empty<SourceEvent>();
    }

    private async Task<SourceContent?> TryOpenAsync(SourceFile file, Action<SourceFault> report, CancellationToken cancellationToken)
    {
        try
        {
            return file.IsStandardInput
                ? await SourceContent.OfStreamAsync(console.OpenInput(), Count, cancellationToken)
                : await SourceContent.OpenAsync(file.Path, Count, cancellationToken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            if (SourceFile.FaultOfLink(file.Path) is { } fault)
            {
                report(new SourceFault(file.Path, null, null, fault));
            }
            else if (file.Folder is null)
            {
                report(new SourceFault(file.Path, null, null, $"'{file.Path}' was deleted before it was read."));
            }
        }
        catch (UnauthorizedAccessException)
        {
            report(new SourceFault(file.Path, null, null, file.IsClosedFolder
                ? $"There is no permission to look into the folder '{file.Path}'. If it has events, run the command as a user that may read it."
                : $"There is no permission to read '{file.Path}'. Event files are readable by their owner only: run the command as that user."));
        }
        catch (InvalidDataException exception)
        {
            report(new SourceFault(file.Path, null, null, $"'{file.Path}' cannot be decompressed: {exception.Message}"));
        }
        catch (IOException exception)
        {
            report(new SourceFault(file.Path, null, null, SourceFile.FaultOfLink(file.Path) ?? $"'{file.Path}' cannot be read: {exception.Message}"));
        }

        return null;
    }

    /// <summary>The files that one of a folder has become since it was found: finished, compressed, split, or converted to Parquet.</summary>
    private static List<string> Successors(SourceFile file)
    {
        if (file.Folder is not { } folder || File.Exists(file.Path) || !Directory.Exists(folder))
        {
            return [];
        }

        var parquet = JournalName.BaseOf(file.Path) is { } name ? EventFolders.FilesThatCanBeRead(folder, $"{name}-*{SourceFile.Parquet}") : [];
        return [.. EventFileList.Successors(folder, file.Path), .. parquet.Order(StringComparer.Ordinal)];
    }

    private async IAsyncEnumerable<SourceEvent> ReadRemoteAsync(RemoteSource remote, Action<SourceFault> report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var envelope in remote.ReadAsync(console, report, cancellationToken))
        {
            yield return new SourceEvent(envelope, remote.Name, 0, default);
        }
    }

    private async IAsyncEnumerable<SourceEvent> ReadLinesAsync(
        SourceFile file, SourceContent content, Action<SourceFault> report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new EventReadingOptions { OnUnreadableLine = line => report(new SourceFault(line.File, line.Line, line.Field, line.Message)) };
        await using var reader = EventFileReader.OfContent(content.Stream, file.Path, options, IsFollowed && content is { Format: SourceFormat.JsonLines, IsPipe: false });
        while (await NextAsync() is { } stored)
        {
            yield return new SourceEvent(stored.Envelope, file.Path, stored.Line, reader.Json);
        }

        if (content is { Format: SourceFormat.JsonLines, IsPipe: false })
        {
            _ends[file.Path] = reader.Complete;
        }

        async ValueTask<StoredEvent?> NextAsync()
        {
            try
            {
                return await reader.ReadAsync(cancellationToken);
            }
            catch (IOException exception)
            {
                report(new SourceFault(file.Path, null, null, $"'{file.Path}' cannot be read to its end: {exception.Message}"));
                return null;
            }
        }
    }

    private async IAsyncEnumerable<SourceEvent> ReadParquetAsync(
        SourceFile file, bool isPipe, Action<SourceFault> report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (isPipe)
        {
            report(new SourceFault(file.Path, null, null, $"'{file.Path}' is Parquet, which cannot be read from a pipe. Write it to a file, and name that."));
            yield break;
        }

        var number = 0L;
        using var reader = new ParquetEventReader([file.Path], Unread, (path, reason) => report(new SourceFault(path, null, null, reason.Message)));
        while (await reader.ReadAsync(cancellationToken) is { } envelope)
        {
            yield return new SourceEvent(envelope, file.Path, ++number, default);
        }

        _bytes += file.Bytes;
    }

    private void CountFile(SourceFormat format, long bytes)
    {
        var (filesBefore, bytesBefore) = _read.GetValueOrDefault(format);
        _read[format] = (filesBefore + 1, bytesBefore + bytes);
    }

    private void Count(int bytes) => _bytes += bytes;
}
