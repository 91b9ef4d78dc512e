namespace ExperimentFramework.DataPlane;

/// <summary>The stream of a call that is made once, when it is first enumerated and its subject's assignment is known.</summary>
internal sealed class DeferredStream<TState, TItem>(
    Task preparation, ServedExposureHistory.FlowSlot? place, TState state, Func<TState, IAsyncEnumerable<TItem>?> call) : IAsyncEnumerable<TItem>
{
    /// <summary>The call under way, or made: whoever enumerates meanwhile awaits it, and holds nothing.</summary>
    private TaskCompletionSource<IAsyncEnumerable<TItem>?>? _call;

    public async IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await preparation.ConfigureAwait(true);
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
        if (Interlocked.CompareExchange(ref _call, own, null) is { } others)
        {
            return others.Task;
        }

        try
        {
            place?.Enter();
            own.SetResult(call(state));
        }
        catch (Exception exception)
        {
            // The next enumeration makes the call anew.
            Volatile.Write(ref _call, null);
            own.SetException(exception);
        }

        return own.Task;
    }
}
