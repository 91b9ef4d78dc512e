namespace ExperimentFramework.DataPlane;

/// <summary>
/// Calls a destination, one call at a time, each with a time limit. Whatever the destination does becomes an answer: the call
/// never throws and never hangs, unless the destination blocks the worker's thread.
/// </summary>
internal sealed class TimeLimitedBackplane(
    IDataBackplane backplane, string name, TimeSpan timeout, DeliveryMetrics metrics, TimeProvider time, CancellationToken abort)
{
    /// <summary>How long a destination whose call is canceled has to say what it delivered, which must not be delivered again.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>A call that did not complete in time; the destination is not called again until it completes.</summary>
    private Task? _overdue;
    private long _startedAt;

    /// <summary>
    /// How long the destination has been blocking its worker, if that is longer than the time limit: it is blocking the worker thread, which cannot be
    /// interrupted. Null if it is not.
    /// </summary>
    public TimeSpan? BlockedFor => Volatile.Read(ref _startedAt) is var startedAt and not 0 && time.GetElapsedTime(startedAt) is var elapsed && elapsed > timeout
        ? elapsed
        : null;

    public BatchAnswer Publish(DataPlaneEnvelope[] batch, WorkerThread worker)
    {
        var activity = DeliveryActivities.Start(name, batch.Length);
        var answer = Attempt(batch, worker);
        DeliveryActivities.End(activity, answer);
        return answer;
    }

    private BatchAnswer Attempt(DataPlaneEnvelope[] batch, WorkerThread worker)
    {
        var startedAt = time.GetTimestamp();
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
            metrics.RecordAttempt(name, batch.Length, time.GetElapsedTime(startedAt));
        }
    }

    private TimeoutException TimedOut() => SafeText.Own(new TimeoutException($"{name} did not respond within {timeout}."));

    private BatchResult? Call(DataPlaneEnvelope[] batch, WorkerThread worker, CancellationToken limit)
    {
        if (_overdue is not null)
        {
            worker.Wait(_overdue, limit);
        }

        using var token = new CallToken(limit);
        var task = Begin(batch, token.Token).AsTask();
        _overdue = Ending(task);
        try
        {
            worker.Wait(_overdue, limit);
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            worker.Wait(Task.WhenAny(_overdue, Task.Delay(Grace, time, abort)), CancellationToken.None);
            if (!_overdue.IsCompleted)
            {
                throw;
            }
        }

        _overdue = null;

        // Completed, so this does not block.
        return task.GetAwaiter().GetResult();
    }

    private ValueTask<BatchResult> Begin(DataPlaneEnvelope[] batch, CancellationToken cancellationToken)
    {
        _overdue = null;
        Volatile.Write(ref _startedAt, time.GetTimestamp());
        try
        {
            return backplane.PublishAsync(batch, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _startedAt, 0);
        }
    }

    /// <summary>Completes when the call has ended, however it ends: an exception that comes too late has already been reported as a timeout.</summary>
    private static Task Ending(Task task) => task.IsCompleted
        ? Task.CompletedTask
        : task.ContinueWith(
            static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
