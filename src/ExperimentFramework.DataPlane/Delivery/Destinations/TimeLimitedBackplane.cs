namespace ExperimentFramework.DataPlane;

/// <summary>
/// Calls a destination, once at a time and each time for a limited time. Whatever the destination does becomes an answer: it
/// never throws and never hangs, unless the destination blocks the worker's thread.
/// </summary>
internal sealed class TimeLimitedBackplane(
    IDataBackplane backplane, string name, TimeSpan timeout, DeliveryMetrics metrics, TimeProvider time, CancellationToken abort)
{
    /// <summary>A call that did not end in its time: until it ends there is no other.</summary>
    private Task? _overdue;
    private long _begunAt;

    /// <summary>
    /// For how long the destination has kept its worker, where that is longer than a call may take: it is blocking the worker thread, which cannot be
    /// interrupted. Null where it is not.
    /// </summary>
    public TimeSpan? BlockedFor => Volatile.Read(ref _begunAt) is var begunAt and not 0 && time.GetElapsedTime(begunAt) is var blocking && blocking > timeout
        ? blocking
        : null;

    public BatchAnswer Publish(DataPlaneEnvelope[] batch, WorkerThread worker)
    {
        var begunAt = time.GetTimestamp();
        using var timer = new CancellationTokenSource(timeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, abort);
        try
        {
            var answer = BatchAnswer.Copy(batch.Length, Call(batch, worker, limit.Token));
            return timer.IsCancellationRequested && answer.Error is OperationCanceledException ? answer with { Error = TimedOut() } : answer;
        }
        catch (Exception exception)
        {
            return exception is EventRejectedException && batch.Length == 1
                ? BatchAnswer.All(1, DeliveryStatus.PermanentFailure, exception)
                : BatchAnswer.All(
                    batch.Length,
                    DeliveryStatus.TransientFailure,
                    timer.IsCancellationRequested ? TimedOut() : exception);
        }
        finally
        {
            metrics.RecordAttempt(name, batch.Length, time.GetElapsedTime(begunAt));
        }
    }

    private TimeoutException TimedOut() => SafeText.Own(new TimeoutException($"{name} did not answer within {timeout}."));

    private BatchResult? Call(DataPlaneEnvelope[] batch, WorkerThread worker, CancellationToken limit)
    {
        if (_overdue is not null)
        {
            worker.Wait(_overdue, limit);
        }

        using var token = new CallToken(limit);
        var task = Begin(batch, token.Token).AsTask();
        _overdue = Ending(task);
        worker.Wait(_overdue, limit);
        _overdue = null;
        return task.GetAwaiter().GetResult();
    }

    private ValueTask<BatchResult> Begin(DataPlaneEnvelope[] batch, CancellationToken cancellationToken)
    {
        _overdue = null;
        Volatile.Write(ref _begunAt, time.GetTimestamp());
        try
        {
            return backplane.PublishAsync(batch, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _begunAt, 0);
        }
    }

    /// <summary>The end of a call, whatever it is: an exception that comes too late has been answered for already.</summary>
    private static Task Ending(Task task) => task.IsCompleted
        ? Task.CompletedTask
        : task.ContinueWith(
            static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
