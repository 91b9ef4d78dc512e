using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// What a background loop meets and does not expect. It goes on, because events that nobody delivers or counts would be lost silently: the exception
/// is logged once for each change of state, counted, and shown in health until the loop has worked for a minute.
/// </summary>
internal sealed partial class WorkerFaults(string worker, TimeProvider time, NonThrowingLogger logger)
{
    private readonly FaultLatch _state = new(time);
    private Exception? _last;
    private long _count;

    /// <summary>How often the loop met an exception.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>What is wrong, for an operator; null for nothing.</summary>
    public string? DegradedReason => _state.IsFailing && Volatile.Read(ref _last) is { } last
        ? $"The worker of {worker} met an unexpected exception and went on: {logger.Exceptions.MessageOf(last)}"
        : null;

    /// <summary>Does one step of the loop.</summary>
    /// <returns>False where it threw.</returns>
    public bool Guard(Action step)
    {
        try
        {
            step();
            _state.Reset();
            return true;
        }
        catch (Exception exception)
        {
            Note(exception);
            return false;
        }
    }

    public void Note(Exception exception)
    {
        Volatile.Write(ref _last, exception);
        Interlocked.Increment(ref _count);
        if (_state.Trip())
        {
            LogFault(worker, exception);
        }
    }

    [LoggerMessage(7, LogLevel.Error, "The worker of {Worker} met an unexpected exception and went on.", EventName = "WorkerFault")]
    private partial void LogFault(string worker, Exception exception);
}
