namespace ExperimentFramework.DataPlane;

/// <summary>
/// A stream that is seen through: each enumeration falls back to control until its first element, or its end, has come, and
/// the end of the first one is the call's.
/// </summary>
internal sealed class ObservedStream<TService, TItem>(
    IStreamedCall<TService> call,
    IAsyncEnumerable<TItem> stream,
    Func<TService, IAsyncEnumerable<TItem>?>? open,
    CancellationToken callToken) : IAsyncEnumerable<TItem>
    where TService : class
{
    public async IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var (items, hasItem) = await StartAsync(cancellationToken).ConfigureAwait(false);
        await using (items.ConfigureAwait(false))
        {
            // A caller that stops early has got what it wanted: that is the call's end too.
            await using var end = new End(call).ConfigureAwait(false);
            await call.WhenEnqueuedAsync().ConfigureAwait(false);
            while (hasItem)
            {
                yield return items.Current;
                hasItem = await NextAsync(items).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<TItem> items)
    {
        try
        {
            return await items.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            call.OnFailed(exception);
            throw;
        }
    }

    private async ValueTask<(IAsyncEnumerator<TItem> Items, bool HasItem)> StartAsync(CancellationToken cancellationToken)
    {
        IAsyncEnumerator<TItem>? items = null;
        Exception failure;
        try
        {
            items = stream.GetAsyncEnumerator(cancellationToken);
            var hasItem = await items.MoveNextAsync().ConfigureAwait(false);
            call.OnVariantSucceeded();
            return (items, hasItem);
        }
        catch (Exception exception)
        {
            var token = cancellationToken.IsCancellationRequested ? cancellationToken : callToken;
            if (open is null || !CallerCancellation.IsFailure(exception, token))
            {
                call.OnFailed(exception);
                await DisposeAsync(items).ConfigureAwait(false);
                throw;
            }

            failure = exception;
        }

        await DisposeQuietlyAsync(items).ConfigureAwait(false);
        await call.SwitchToCallerContext();
        return await StartControlAsync(failure, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(IAsyncEnumerator<TItem> Items, bool HasItem)> StartControlAsync(Exception failure, CancellationToken cancellationToken)
    {
        IAsyncEnumerator<TItem>? items = null;
        try
        {
            items = (open!(call.SwitchToControl(failure)) ?? throw new InvalidOperationException("Control gave null for a stream.")).GetAsyncEnumerator(cancellationToken);
            return (items, await items.MoveNextAsync().ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            call.OnFailed(exception);
            await DisposeAsync(items).ConfigureAwait(false);
            throw;
        }
    }

    private static ValueTask DisposeAsync(IAsyncEnumerator<TItem>? items) => items?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The variant has failed already; what it fails at afterwards must not keep control from answering.</summary>
    private static async ValueTask DisposeQuietlyAsync(IAsyncEnumerator<TItem>? items)
    {
        try
        {
            await DisposeAsync(items).ConfigureAwait(false);
        }
        catch (Exception)
        {
        }
    }

    private sealed class End(IStreamedCall<TService> call) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(call.CompletedAsync());
    }
}
