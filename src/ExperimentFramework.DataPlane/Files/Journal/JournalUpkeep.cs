using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Maintains a folder in the background, one process at a time: finishes the files of processes that have ended, has finished files converted,
/// and deletes files beyond the retention. Runs at the start, after each finished file, and every minute.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="converter">Converts finished files; null if they stay as they are.</param>
/// <param name="retention">Deletes old files; null if they are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs recovered and deleted files, and failures.</param>
internal sealed partial class JournalUpkeep(JournalFolder folder, IRolledFileConverter? converter, FileRetention? retention, TimeProvider time, ILogger logger)
    : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>How long disposing the journal waits for conversions. Remaining files are converted at the next start.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);
    private readonly JournalLeftovers _leftovers = new(folder.Path, time);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private Task _work = Task.CompletedTask;
    private bool _isWorking;
    private bool _isRequested;
    private volatile string? _failure;
    private volatile int _pending;

    /// <summary>The number of finished files that had not been converted at the last check.</summary>
    public int Pending => _pending;

    /// <summary>A sentence for operators about a failure; null if there is none.</summary>
    public string? Failure => _failure;

    /// <summary>Starts to work in the background.</summary>
    public void Start() => _timer = time.CreateTimer(_ => Request(), null, TimeSpan.Zero, Interval);

    /// <summary>Requests a check of the folder as soon as the current one has ended. Never waits.</summary>
    public void Request()
    {
        lock (_lock)
        {
            if (_end.IsCancellationRequested)
            {
                return;
            }

            if (_isWorking)
            {
                _isRequested = true;
                return;
            }

            _isWorking = true;
            _work = BackgroundWork.Run(WorkAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _timer?.Dispose();
        Request();
        try
        {
            await Current().WaitAsync(EndLimit, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Canceled below, and done again at the next start.
        }

        Dispose();
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            _end.Cancel();
        }
    }

    private Task Current()
    {
        lock (_lock)
        {
            return _work;
        }
    }

    private async Task WorkAsync()
    {
        do
        {
            await LookAsync().ConfigureAwait(false);
        }
        while (IsRequestedAgain());
    }

    private bool IsRequestedAgain()
    {
        lock (_lock)
        {
            _isWorking = _isRequested && !_end.IsCancellationRequested;
            _isRequested = false;
            return _isWorking;
        }
    }

    private async Task LookAsync()
    {
        try
        {
            if (!Directory.Exists(folder.Path))
            {
                return;
            }

            // If another process has it, that one is doing this work now.
            using var folderLock = FolderLock.TryTake(folder.Path);
            if (folderLock is not null)
            {
                RequireLocks(folderLock);
                var failures = new List<FailedFile>();
                Recover(failures);
                var leftovers = _leftovers.Delete();
                failures.AddRange(leftovers);
                await ConvertAsync(leftovers, failures).ConfigureAwait(false);

                // This runs even if the disk is so full that nothing can be converted.
                Delete();
                Report(failures);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The journal has been disposed.
        }
        catch (Exception exception)
        {
            Report([new FailedFile(null, exception)]);
        }
    }

    private void Report(List<FailedFile> failures)
    {
        if (failures.Count == 0)
        {
            _failure = null;
            return;
        }

        // What names its remedy comes first.
        var (file, exception, isOwnText) = failures.OrderByDescending(static failure => failure.IsOwnText).First();
        var reason = isOwnText ? exception.Message : FileFailure.Describe(folder.Path, exception).Message;
        if (isOwnText && failures.Count > 1)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"{reason} {failures.Count - 1} other files could not be processed either.");
        }
        else if (file is not null && !isOwnText)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"{reason} This happened with '{file}'{(failures.Count == 1 ? "" : $" and {failures.Count - 1} other files")}.");
        }

        if (_failure is null)
        {
            // A file system without locks does not gain them later.
            LogFailed(folder.Path, reason, exception is NotSupportedException ? "Until then they stay as they are." : "This is tried again every minute.", exception);
        }

        _failure = $"The finished files in '{folder.Path}' cannot be processed. {reason}";
    }

    private void RequireLocks(FolderLock folderLock)
    {
        if (!folderLock.IsExclusive())
        {
            throw new NotSupportedException(
                $"The file system of '{folder.Path}' has no file locks, so it is unknown which files belong to processes that have ended. Use a local folder for each host.");
        }
    }

    /// <summary>Finishes files that were left open. A file that cannot be finished does not affect the others.</summary>
    private void Recover(List<FailedFile> failures)
    {
        foreach (var path in Directory.GetFiles(folder.Path, "*" + JournalName.Open).Where(path => JournalName.BaseOf(path) is not null))
        {
            try
            {
                switch (JournalFile.TryRecover(path))
                {
                    case 0:
                        LogFinished(path);
                        break;
                    case { } cut:
                        LogRecovered(path, cut);
                        break;
                }
            }
            catch (Exception exception)
            {
                failures.Add(new FailedFile(path, exception));
            }
        }
    }

    /// <summary>Converts the finished files, except those of which something is left over: events would be in two files.</summary>
    private async Task ConvertAsync(IReadOnlyList<FailedFile> leftovers, List<FailedFile> failures)
    {
        if (converter is null)
        {
            return;
        }

        var blocked = leftovers.Select(static leftover => JournalName.BaseOf(leftover.File!)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var files = Directory.GetFiles(folder.Path, "*" + JournalName.Lines).Where(static path => JournalName.BaseOf(path) is not null).ToLookup(path => blocked.Contains(JournalName.BaseOf(path)!));
        string[] finished = [.. files[false].Order(StringComparer.Ordinal)];
        var failed = files[true].Count();
        for (var i = 0; i < finished.Length; i++)
        {
            _pending = finished.Length - i + failed;
            _end.Token.ThrowIfCancellationRequested();
            try
            {
                await converter.ConvertAsync(finished[i], _end.Token).ConfigureAwait(false);
                File.Delete(finished[i]);
            }
            catch (Exception exception) when (exception is not NotSupportedException && !_end.IsCancellationRequested)
            {
                failed++;
                failures.Add(new FailedFile(finished[i], exception));
            }
        }

        _pending = failed;
    }

    private void Delete()
    {
        if (retention?.Apply(folder.Path) is { Files: > 0 } deleted)
        {
            LogDeleted(deleted.Files, deleted.Bytes, folder.Path);
        }
    }

    [LoggerMessage(150, LogLevel.Information,
        "The event file '{Path}' of a process that has ended was finished. {Bytes} bytes of an event that was not written whole, and never counted as delivered, were cut off.", EventName = "EventFileRecovered")]
    private partial void LogRecovered(string path, long bytes);

    [LoggerMessage(153, LogLevel.Information, "The event file '{Path}' of a process that has ended was finished. All of its events were written whole.", EventName = "EventFileFinished")]
    private partial void LogFinished(string path);

    [LoggerMessage(151, LogLevel.Information, "{Count} event files with {Bytes} bytes were deleted from '{Folder}', because of RetentionAge or RetentionBytes.", EventName = "EventFilesDeleted")]
    private partial void LogDeleted(int count, long bytes, string folder);

    [LoggerMessage(152, LogLevel.Error, "The finished event files in '{Folder}' cannot be processed. No event is lost. {Reason} {Next}", EventName = "EventFilesNotProcessed")]
    private partial void LogFailed(string folder, string reason, string next, Exception exception);
}
