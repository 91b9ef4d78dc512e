using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The monitor of a process, with its instruments and the file in which its state is saved.</summary>
internal sealed partial class MonitorSession : IDisposable
{
    private readonly MonitorSnapshotFile? _snapshots;
    private readonly string? _lockPath;
    private readonly NonThrowingLogger _logger;
    private readonly MonitorMetrics _metrics;
    private readonly Lock _writing = new();
    private FileStream? _lock;
    private bool _isFailing;

    /// <summary>Restores the saved state, or starts without one.</summary>
    /// <exception cref="InvalidOperationException">The file cannot be read.</exception>
    public MonitorSession(IOptions<HostedExperimentMonitorOptions> options, IOptions<AnalysisPlans> plans, ILoggerFactory loggers, IMeterFactory? meterFactory = null)
    {
        _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Monitoring));
        if (options.Value.SnapshotFile is { } file)
        {
            var path = Path.GetFullPath(file);
            _snapshots = new MonitorSnapshotFile(path, options.Value, plans.Value.ByExperiment.Values);
            _lockPath = path + ".lock";
            Monitor = Restore(path);
        }
        else
        {
            Monitor = new ExperimentMonitor(options.Value, plans.Value.ByExperiment.Values);
        }

        _metrics = new MonitorMetrics(Monitor.GetStates, () => Monitor.IgnoredEvents, () => Monitor.FailedEvents, meterFactory);
    }

    /// <summary>The monitor.</summary>
    public ExperimentMonitor Monitor { get; }

    /// <summary>Why the state could not be saved the last time; null if it was saved.</summary>
    public string? SnapshotFailure { get; private set; }

    /// <summary>Saves the state, if a file is configured. A failure is logged once, and saving is retried the next time.</summary>
    public void Save()
    {
        if (_snapshots is null)
        {
            return;
        }

        try
        {
            lock (_writing)
            {
                var isNewOwner = _lock is null;
                if (!TryLock())
                {
                    SnapshotFailure = "Another process is using the snapshot file of the experiment monitor. Give each process its own file.";
                    return;
                }

                if (isNewOwner)
                {
                    // The process that wrote the file has ended. Its verdicts are kept.
                    Monitor.StartOver(_snapshots.ReadRuns());
                }

                _snapshots.Write(Monitor);
                SnapshotFailure = null;
            }
        }
        catch (Exception exception)
        {
            SnapshotFailure = $"The snapshot file of the experiment monitor cannot be written: {exception.Message}";
            if (!_isFailing)
            {
                _isFailing = true;
                LogNotWritten(exception);
            }

            return;
        }

        if (_isFailing)
        {
            _isFailing = false;
            LogWrittenAgain();
        }
    }

    public void Dispose()
    {
        _metrics.Dispose();
        lock (_writing)
        {
            _lock?.Dispose();
            _lock = null;
        }
    }

    private ExperimentMonitor Restore(string path)
    {
        try
        {
            if (!TryLock())
            {
                LogInUse(path);
            }

            var (monitor, fault) = _snapshots!.Read(isOwner: _lock is not null);
            if (fault is not null)
            {
                LogNotRestored(path, fault.Reason, fault.SetAside is null ? "There was no file to keep." : $"The file was moved to {fault.SetAside}.");
            }

            return monitor;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _lock?.Dispose();
            throw new InvalidOperationException(
                $"The snapshot file of the experiment monitor, '{path}', cannot be read: {exception.Message} Make it readable and writable for the application, or set HostedExperimentMonitorOptions.SnapshotFile to another file.", exception);
        }
    }

    /// <summary>If two processes wrote the same file, each would lose the counts of the other.</summary>
    private bool TryLock()
    {
        try
        {
            _lock ??= new FileStream(_lockPath!, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException) when (File.Exists(_lockPath))
        {
            return false;
        }
    }

    [LoggerMessage(300, LogLevel.Warning, "The snapshot file of the experiment monitor, {Path}, is used by another process. This process starts counting from zero, and saves its counts only after the other process has ended. Give each process its own file.", EventName = "MonitorSnapshotInUse")]
    private partial void LogInUse(string path);

    [LoggerMessage(301, LogLevel.Warning, "The state of the experiment monitor could not be restored from {Path}: {Reason} {Kept} Counting starts from zero, in a new run with a smaller weight.", EventName = "MonitorSnapshotNotRestored")]
    private partial void LogNotRestored(string path, string reason, string kept);

    [LoggerMessage(302, LogLevel.Warning, "The snapshot file of the experiment monitor could not be written. Writing is retried. If the process crashes before it succeeds, subjects counted since the last snapshot are counted again.", EventName = "MonitorSnapshotNotWritten")]
    private partial void LogNotWritten(Exception exception);

    [LoggerMessage(303, LogLevel.Information, "The snapshot file of the experiment monitor is being written again.", EventName = "MonitorSnapshotWrittenAgain")]
    private partial void LogWrittenAgain();
}
