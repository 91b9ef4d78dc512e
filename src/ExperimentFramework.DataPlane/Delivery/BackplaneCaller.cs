namespace ExperimentFramework.DataPlane;

/// <summary>
/// Calls a destination, once at a time and each time for a limited time. Whatever the destination does becomes an answer: it
/// never throws and never hangs.
/// </summary>
internal sealed class BackplaneCaller(
    IDataBackplane backplane, string name, TimeSpan timeout, DeliveryMetrics metrics, TimeProvider time, CancellationToken abort)
{
    /// <summary>A call that did not end in its time: until it ends there is no other.</summary>
    private Task? _overdue;
    private long _begunAt;

    /// <summary>
    /// For how long the destination has kept its worker, where that is longer than a call may take: it blocks the thread, and nobody can take that
    /// away from it. Null where it has not.
    /// </summary>
    public TimeSpan? Blocking => Volatile.Read(ref _begunAt) is var begunAt and not 0 && time.GetElapsedTime(begunAt) is var blocking && blocking > timeout
        ? blocking
        : null;

    public async ValueTask<BatchResult> PublishAsync(DataPlaneEnvelope[] batch)
    {
        var begunAt = time.GetTimestamp();
        using var timer = new CancellationTokenSource(timeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, abort);
        try
        {
            if (_overdue is not null)
            {
                await _overdue.WaitAsync(limit.Token).ConfigureAwait(false);
                _overdue = null;
            }

            Volatile.Write(ref _begunAt, time.GetTimestamp());
            var call = backplane.PublishAsync(batch, limit.Token);
            Volatile.Write(ref _begunAt, 0);
            if (call.IsCompletedSuccessfully)
            {
                return call.Result ?? BatchResult.Delivered;
            }

            var task = call.AsTask();
            _overdue = Ending(task);
            var result = await task.WaitAsync(limit.Token).ConfigureAwait(false);
            _overdue = null;
            return result ?? BatchResult.Delivered;
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _begunAt, 0);
            if (_overdue is { IsCompleted: true })
            {
                _overdue = null;
            }

            return exception is EventRejectedException && batch.Length == 1
                ? BatchResult.Of([DeliveryStatus.Permanent], exception)
                : BatchResult.Of([], timer.IsCancellationRequested ? SafeText.Own(new TimeoutException($"{name} did not answer within {timeout}.", exception)) : exception);
        }
        finally
        {
            metrics.RecordAttempt(name, batch.Length, time.GetElapsedTime(begunAt));
        }
    }

    /// <summary>The end of a call, whatever it is: an exception that comes too late has been answered for already.</summary>
    private static async Task Ending(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The attempt it belongs to counts as failed.
        }
    }
}
