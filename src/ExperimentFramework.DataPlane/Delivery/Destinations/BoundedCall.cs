namespace ExperimentFramework.DataPlane;

/// <summary>
/// Calls a member of a destination concurrently with the delivery, for a limited time, on a thread that is not the caller's: a member that blocks its thread
/// delays no one else. While a call has not returned, the member is not called again, so that no more than one thread is lost to it.
/// </summary>
/// <param name="member">The member's name, for messages.</param>
/// <param name="timeout">The time limit of one call.</param>
/// <param name="time">The clock.</param>
internal sealed class BoundedCall(string member, TimeSpan timeout, TimeProvider time)
{
    private Task? _overdue;

    /// <summary>Calls the member.</summary>
    /// <exception cref="TimeoutException">The member did not return in time.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        Task<T>? task = null;
        try
        {
            if (Volatile.Read(ref _overdue) is { } overdue)
            {
                await overdue.WaitAsync(limit.Token).ConfigureAwait(false);
            }

            using var token = new CallToken(limit.Token);
#pragma warning disable RS0030 // Runs code of the application for its caller, so it keeps the caller's async locals.
            task = Task.Run(() => call(token.Token).AsTask(), CancellationToken.None);
#pragma warning restore RS0030
            return await task.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && task is not { IsCompleted: true })
        {
            if (task is not null)
            {
                Volatile.Write(ref _overdue, EndingAsync(task));
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw SafeText.Own(new TimeoutException($"{member} did not return within {timeout}."));
        }
    }

    private static async Task EndingAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Its caller has already received another result.
        }
    }
}
