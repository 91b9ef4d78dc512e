using System.Globalization;
using System.Runtime.ExceptionServices;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Waits synchronously for an asynchronous query, and cancels it if that takes too long, so that it does not keep its connection.</summary>
internal static class BoundedWait
{
    /// <summary>
    /// Waits on the task of the asynchronous query instead of using Npgsql's synchronous one, whose time limits are whole seconds. The thread pool detects such a
    /// wait and adds a thread, so that callers that block pool threads do not keep answers from being read.
    /// </summary>
    /// <exception cref="TimeoutException">The query took longer than the timeout, and has been cancelled.</exception>
    public static T For<T>(Func<CancellationToken, ValueTask<T>> query, TimeSpan timeout)
    {
        // Without a timer, whose callback would have to wait for a pool thread, as everything else does when callers block all of them.
        var cancellation = new CancellationTokenSource();
        var answer = query(cancellation.Token).AsTask();
        try
        {
            if (answer.Wait(timeout))
            {
                return answer.GetAwaiter().GetResult();
            }
        }
        catch (AggregateException exception)
        {
            if (exception.InnerException is OperationCanceledException)
            {
                throw CreateTimeout(timeout);
            }

            // With the stack of the query.
            ExceptionDispatchInfo.Throw(exception.InnerException!);
        }

        _ = CancelAsync(cancellation);
        throw CreateTimeout(timeout);
    }

    /// <summary>Cancels without waiting: Npgsql opens a connection to cancel a query, which may take as long as the query.</summary>
    private static async Task CancelAsync(CancellationTokenSource cancellation)
    {
        try
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The caller has its answer, and the query ends by its own time limit.
        }
    }

    private static TimeoutException CreateTimeout(TimeSpan timeout) => SafeText.Own(
        new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"PostgreSQL did not respond within {timeout.TotalMilliseconds} ms.")));
}
