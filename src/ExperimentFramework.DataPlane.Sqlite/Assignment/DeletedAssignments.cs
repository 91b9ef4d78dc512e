using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Removes deleted assignments from the write-ahead log: at once or, while a connection reads from the log, every half minute until it is empty.</summary>
internal sealed partial class DeletedAssignments : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly string _path;
    private readonly NonThrowingLogger _logger;
    private readonly Func<Func<AssignmentConnection, bool>, bool> _run;
    private readonly ITimer _timer;
    private volatile bool _mayBeInLog;
    private bool _isFailing;
    private volatile bool _isDisposed;

    /// <param name="path">The path of the file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs failures.</param>
    /// <param name="run">Runs an action on a connection.</param>
    public DeletedAssignments(string path, TimeProvider time, NonThrowingLogger logger, Func<Func<AssignmentConnection, bool>, bool> run)
    {
        _path = path;
        _logger = logger;
        _run = run;
        _timer = time.CreateTimer(
            _ =>
            {
                if (_mayBeInLog)
                {
                    BackgroundWork.Run(EmptyLogAsync);
                }
            },
            null,
            Interval,
            Interval);
    }

    /// <summary>Empties the log, or has it emptied later. Called after assignments were deleted.</summary>
    public void EmptyLog()
    {
        // Before the log is emptied: what is deleted meanwhile sets it again.
        _mayBeInLog = false;
        try
        {
            if (!_run(connection => connection.TryEmptyLog()))
            {
                _mayBeInLog = true;
            }

            _isFailing = false;
        }
        catch (Exception exception)
        {
            _mayBeInLog = true;
            if (!_isFailing && !_isDisposed)
            {
                _isFailing = true;
                LogNotEmptied(_path, exception);
            }
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
    }

    private Task EmptyLogAsync()
    {
        EmptyLog();
        return Task.CompletedTask;
    }

    [LoggerMessage(105, LogLevel.Warning, "Deleted assignments could not be removed from the write-ahead log of '{Path}'. This is retried every half minute.", EventName = "AssignmentLogNotEmptied")]
    private partial void LogNotEmptied(string path, Exception exception);
}
