using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// Records looks as lines of JSON in an append-only file. Each line is flushed to disk before the call returns. A file that has become too large is renamed with a number and kept; a line that was cut off by a crash is removed.
/// </summary>
internal sealed partial class FileAnalysisLedger : IAnalysisLedger, IDisposable
{
    private readonly string _path;
    private readonly long _maxBytes;
    private readonly NonThrowingLogger _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private FileStream? _lock;
    private FileStream? _file;

    /// <summary>Initializes the ledger. The file is opened by the first look.</summary>
    /// <param name="path">The path. Its folder exists.</param>
    /// <param name="maxBytes">The size at which a new file is started.</param>
    /// <param name="logger">The log.</param>
    public FileAnalysisLedger(string path, long maxBytes, NonThrowingLogger logger)
    {
        _path = Path.GetFullPath(path);
        _maxBytes = maxBytes;
        _logger = logger;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The look cannot be recorded. The file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The permissions of the folder do not allow it.</exception>
    public async ValueTask RecordAsync(AnalysisLook look, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(look);
        var line = LedgerLine.Write(look);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var file = Open(line.Length);
            var length = file.Length;
            try
            {
                file.Position = length;
                file.Write(line);
                file.Flush(flushToDisk: true);
            }
            catch (IOException)
            {
                // A partial line would make the next one unreadable.
                file.SetLength(length);
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line cannot be read as a look; the message names the file and the line.</exception>
    public async IAsyncEnumerable<AnalysisLook> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string[] rolled;
        FileStream? current;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A look that is recorded meanwhile may rename the current file. The open handle still refers to the same file.
            rolled = [.. RolledFiles().Select(static file => file.Path)];
            current = File.Exists(_path) ? OpenToRead(_path) : null;
        }
        finally
        {
            _gate.Release();
        }

        using var opened = current;
        foreach (var path in rolled)
        {
            using var file = OpenToRead(path);
            await foreach (var look in ReadAsync(file, cancellationToken).ConfigureAwait(false))
            {
                yield return look;
            }
        }

        await foreach (var look in (current is null ? AsyncEnumerable.Empty<AnalysisLook>() : ReadAsync(current, cancellationToken)).ConfigureAwait(false))
        {
            yield return look;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _lock?.Dispose();
        _gate.Dispose();
    }

    private static FileStream OpenToRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static async IAsyncEnumerable<AnalysisLook> ReadAsync(FileStream file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = CompleteLength(file);
        file.Position = 0;
        using var reader = new StreamReader(file, leaveOpen: true);
        for (var number = 1; left > 0 && await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line; number++)
        {
            left -= Encoding.UTF8.GetByteCount(line) + 1;
            yield return LedgerLine.Read(line) ?? throw new InvalidDataException($"Line {number} of the ledger '{file.Name}' cannot be read as a look. Repair the line, or move the file to another folder.");
        }
    }

    private FileStream Open(int next)
    {
        Lock();
        if (_file is { } full && full.Length > 0 && full.Length + next > _maxBytes)
        {
            full.Dispose();
            _file = null;
            File.Move(_path, string.Create(CultureInfo.InvariantCulture, $"{_path}.{RolledFiles().LastOrDefault().Number + 1}"));
        }

        if (_file is null)
        {
            _file = new FileStream(_path, OwnerOnly(FileShare.ReadWrite | FileShare.Delete));
            var complete = CompleteLength(_file);
            if (_file.Length - complete is > 0 and var cut)
            {
                _file.SetLength(complete);
                LogCut(_path, cut);
            }
        }

        return _file;
    }

    /// <summary>If two processes appended to the same file, their lines could be mixed.</summary>
    private void Lock()
    {
        if (_lock is not null)
        {
            return;
        }

        try
        {
            _lock = new FileStream(_path + ".lock", OwnerOnly(FileShare.None));
        }
        catch (IOException exception) when (File.Exists(_path + ".lock"))
        {
            throw new IOException($"The ledger '{_path}' is used by another process. Set HostedExperimentMonitorOptions.LedgerFile to a different file for each process.", exception);
        }
    }

    private (string Path, int Number)[] RolledFiles() =>
    [
        .. Directory.EnumerateFiles(Path.GetDirectoryName(_path)!, Path.GetFileName(_path) + ".*")
            .Select(static file => (Path: file, Number: int.TryParse(Path.GetExtension(file.AsSpan()).TrimStart('.'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0))
            .Where(static file => file.Number > 0)
            .OrderBy(static file => file.Number),
    ];

    /// <summary>Returns the length up to the last line feed. What follows was cut off by a crash, or is being written.</summary>
    private static long CompleteLength(FileStream file)
    {
        var end = file.Length;
        while (end > 0)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n')
            {
                break;
            }

            end--;
        }

        return end;
    }

    /// <summary>Only the owner may read who looked at which results.</summary>
    private static FileStreamOptions OwnerOnly(FileShare share)
    {
        // No buffer: a failed write must not be repeated later, after the caller has been notified of the failure.
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    [LoggerMessage(308, LogLevel.Warning, "The ledger {Path} ended with {Bytes} bytes of a look that was cut off by a crash. They were removed. The look had not been confirmed to its caller.", EventName = "LedgerLineCut")]
    private partial void LogCut(string path, long bytes);
}
