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

            var call = backplane.PublishAsync(batch, limit.Token);
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
            if (_overdue is { IsCompleted: true })
            {
                _overdue = null;
            }

            return exception is EventRejectedException && batch.Length == 1
                ? BatchResult.Of([DeliveryStatus.Permanent], exception)
                : BatchResult.Of([], timer.IsCancellationRequested ? new TimeoutException($"{name} did not answer within {timeout}.", exception) : exception);
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
