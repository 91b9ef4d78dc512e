using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Handles unexpected exceptions of a background loop. The loop continues, because otherwise events would neither be delivered nor counted. The exception
/// is logged once per change of state, counted, and shown in health until the loop has worked for a minute.
/// </summary>
internal sealed partial class WorkerFaults(string worker, TimeProvider time, NonThrowingLogger logger)
{
    private readonly FaultLatch _state = new(time);
    private Exception? _last;
    private long _count;

    /// <summary>The number of unexpected exceptions.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>A sentence for operators about the last exception; null if the loop works.</summary>
    public string? DegradedReason => _state.IsFailing && Volatile.Read(ref _last) is { } last
        ? $"The worker of {worker} caught an unexpected exception and continued: {logger.Exceptions.MessageOf(last)}"
        : null;

    /// <summary>Runs one iteration of the loop.</summary>
    /// <returns>False if it threw.</returns>
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

    [LoggerMessage(7, LogLevel.Error, "The worker of {Worker} caught an unexpected exception and continued.", EventName = "WorkerFault")]
    private partial void LogFault(string worker, Exception exception);
}
