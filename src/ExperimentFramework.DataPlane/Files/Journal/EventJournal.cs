using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Appends events as lines of JSON to one file at a time, which is finished by size, by time and at the end. Writes are synchronous: the operating system's
/// cache takes them at once, on the destination's own thread, which must not wait for a pool thread, because callers may have blocked all of them.
/// </summary>
internal sealed class EventJournal : IAsyncDisposable, IDisposable
{
    /// <summary>The maximum size of one write: a batch of 500 usually fits.</summary>
    private const int ChunkBytes = 256 * 1024;

    private readonly JournalSettings _settings;
    private readonly JournalUpkeep _upkeep;
    private readonly TimeProvider _time;
    private readonly ITimer _rollTimer;
    private readonly Lock _lock = new();
    private EventLines? _idleLines;
    private JournalFile? _file;
    private volatile IOException? _failure;
    private long _writtenEvents;
    private bool _isDisposed;

    /// <param name="settings">How the journal writes.</param>
    /// <param name="upkeep">What happens to finished files. The journal owns it.</param>
    /// <param name="time">The clock.</param>
    public EventJournal(JournalSettings settings, JournalUpkeep upkeep, TimeProvider time)
    {
        _settings = settings;
        _upkeep = upkeep;
        _time = NonThrowingTimeProvider.Of(time);
        _rollTimer = _time.CreateTimer(_ => RollByTime(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _upkeep.Start();
    }

    /// <summary>The name of the current file, without folder and ending, and its length in bytes; null if there is none.</summary>
    public (string Name, long Length)? Current
    {
        get
        {
            lock (_lock)
            {
                return _file is { } file ? (JournalName.BaseOf(file.Path)!, file.Length) : null;
            }
        }
    }

    /// <summary>Appends events.</summary>
    /// <returns>Events that cannot be written as JSON have failed permanently; from the first one that the disk does not accept, the others can be retried.</returns>
    /// <exception cref="ObjectDisposedException">The journal is closed.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before anything was written.</exception>
    public BatchResult Publish(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        cancellationToken.ThrowIfCancellationRequested();

        // Reading events runs code of the application, so it happens outside the lock.
        var lines = Interlocked.Exchange(ref _idleLines, null) ?? new EventLines(_settings.Format);
        try
        {
            return Publish(envelopes, lines);
        }
        finally
        {
            lines.Clear();
            if (Interlocked.CompareExchange(ref _idleLines, lines, null) is not null)
            {
                lines.Dispose();
            }
        }
    }

    /// <summary>Waits until everything that was accepted is on the disk.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                _file?.Flush();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw Failed(exception);
            }
        }
    }

    /// <summary>Finishes the current file, if there is one, and has it converted.</summary>
    public void Roll()
    {
        lock (_lock)
        {
            FinishFile();
        }
    }

    /// <summary>Checks whether events can be written, by writing to the folder.</summary>
    public BackplaneHealth GetHealth()
    {
        var diagnostics = new Dictionary<string, object>
        {
            ["folder"] = Folder.Path,
            ["written_events"] = Interlocked.Read(ref _writtenEvents),
            ["files_to_convert"] = _upkeep.Pending,
        };
        try
        {
            Folder.Probe();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return BackplaneHealth.Unhealthy(FileFailure.Describe(Folder.Path, exception).Message, diagnostics);
        }

        return _failure is { } failure ? BackplaneHealth.Degraded(failure.Message, diagnostics)
            : _upkeep.Failure is { } conversion ? BackplaneHealth.Degraded(conversion, diagnostics)
            : BackplaneHealth.Healthy(string.Create(
                CultureInfo.InvariantCulture, $"Events are written to '{Folder.Path}': {Interlocked.Read(ref _writtenEvents)} so far."), diagnostics);
    }

    /// <summary>Finishes the current file and waits, for a limited time, until it is converted.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await _upkeep.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Finishes the current file. It is converted at the next start.</summary>
    public void Dispose()
    {
        Close();
        _upkeep.Dispose();
    }

    private JournalFolder Folder => _settings.Folder;

    private BatchResult Publish(IReadOnlyList<DataPlaneEnvelope> envelopes, EventLines lines)
    {
        DeliveryStatus[]? statuses = null;
        Exception? error = null;
        var (firstOfChunk, written) = (0, 0);
        for (var i = 0; i < envelopes.Count; i++)
        {
            if (lines.TryAppend(envelopes[i]) is { } rejection)
            {
                statuses ??= new DeliveryStatus[envelopes.Count];
                statuses[i] = DeliveryStatus.PermanentFailure;
                error = rejection;
            }
            else
            {
                written++;
            }

            if (lines.Written.Length < ChunkBytes && i < envelopes.Count - 1)
            {
                continue;
            }

            try
            {
                Append(lines.Written.Span, written);
                written = 0;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                statuses ??= new DeliveryStatus[envelopes.Count];
                FailFrom(statuses, firstOfChunk);
                return BatchResult.FromStatuses(statuses, exception);
            }

            lines.Clear();
            firstOfChunk = i + 1;
        }

        return statuses is null ? BatchResult.Delivered : BatchResult.FromStatuses(statuses, error);
    }

    private static void FailFrom(DeliveryStatus[] statuses, int first)
    {
        foreach (ref var status in statuses.AsSpan(first))
        {
            status = status == DeliveryStatus.PermanentFailure ? status : DeliveryStatus.TransientFailure;
        }
    }

    private void Append(ReadOnlySpan<byte> lines, int events)
    {
        if (events == 0)
        {
            return;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                var file = OpenFile();
                file.Append(lines, _settings.Durability);
                Interlocked.Add(ref _writtenEvents, events);
                _failure = null;
                if (file.Length >= _settings.RollBytes)
                {
                    FinishFile();
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw Failed(exception);
            }
        }
    }

    /// <summary>Returns the file to write to: a new one after one that was deleted, moved away or damaged.</summary>
    private JournalFile OpenFile()
    {
        if (_file is { } file)
        {
            if (!file.IsDamaged && file.Exists)
            {
                return file;
            }

            Abandon();
        }

        Folder.Create();
        _file = JournalFile.Create(Folder.Path, _time);
        _rollTimer.Change(_settings.RollInterval, Timeout.InfiniteTimeSpan);
        return _file;
    }

    private void FinishFile()
    {
        if (_file is not { } file)
        {
            return;
        }

        _file = null;
        _rollTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            file.Finish(_settings.Durability);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Its events are in it, and the upkeep finishes it as soon as it can be renamed.
            file.Dispose();
            _failure = FileFailure.Describe(Folder.Path, exception);
        }

        _upkeep.Request();
    }

    /// <summary>Closes a file as if the process had ended; the upkeep finishes it if it is still there.</summary>
    private void Abandon()
    {
        _file?.Dispose();
        _file = null;
        _upkeep.Request();
    }

    private void RollByTime()
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                FinishFile();
            }
        }
    }

    private IOException Failed(Exception exception) => _failure = FileFailure.Describe(Folder.Path, exception);

    private void Close()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            FinishFile();
            _rollTimer.Dispose();
        }

        Interlocked.Exchange(ref _idleLines, null)?.Dispose();
    }
}
