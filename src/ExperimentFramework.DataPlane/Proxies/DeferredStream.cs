namespace ExperimentFramework.DataPlane;

/// <summary>A stream whose call is made once, when the stream is first enumerated and the subject's assignment is known.</summary>
internal sealed class DeferredStream<TState, TItem>(
    Task prefetch, ServedExposureHistory.FlowSlot? slot, TState state, Func<TState, IAsyncEnumerable<TItem>?> call) : IAsyncEnumerable<TItem>
{
    /// <summary>The call, in progress or made. Concurrent enumerations await it without holding a lock.</summary>
    private TaskCompletionSource<IAsyncEnumerable<TItem>?>? _call;

    public async IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await prefetch.ConfigureAwait(true);
        if (await CallAsync().WaitAsync(cancellationToken).ConfigureAwait(true) is not { } stream)
        {
            yield break;
        }

        await foreach (var item in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return item;
        }
    }

    private Task<IAsyncEnumerable<TItem>?> CallAsync()
    {
        var own = new TaskCompletionSource<IAsyncEnumerable<TItem>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _call, own, null) is { } existing)
        {
            return existing.Task;
        }

        try
        {
            slot?.Enter();
            own.SetResult(call(state));
        }
        catch (Exception exception)
        {
            // The next enumeration makes the call again.
            Volatile.Write(ref _call, null);
            own.SetException(exception);
        }

        return own.Task;
    }
}
