namespace ExperimentFramework.DataPlane;

/// <summary>
/// Wraps a variant's stream to observe it. Each enumeration can fall back to control until it yields its first element or ends; the end of the
/// first enumeration is the end of the call.
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
            // A caller that stops early has what it needs, so this also completes the call.
            await using var end = new End(call).ConfigureAwait(false);
            await call.WhenEnqueuedAsync().ConfigureAwait(false);
            while (hasItem)
            {
                yield return items.Current;
                hasItem = await NextAsync(items, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<TItem> items, CancellationToken cancellationToken)
    {
        try
        {
            return await items.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            call.OnFailed(exception, cancellationToken);
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
                call.OnFailed(exception, cancellationToken);
                await DisposeAsync(items).ConfigureAwait(false);
                throw;
            }

            failure = exception;
        }

        await DisposeIgnoringErrorsAsync(items).ConfigureAwait(false);
        await call.SwitchToCallerContext();
        return await StartControlAsync(failure, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(IAsyncEnumerator<TItem> Items, bool HasItem)> StartControlAsync(Exception failure, CancellationToken cancellationToken)
    {
        IAsyncEnumerator<TItem>? items = null;
        try
        {
            items = (open!(call.SwitchToControl(failure)) ?? throw new InvalidOperationException("Control returned null instead of a stream.")).GetAsyncEnumerator(cancellationToken);
            return (items, await items.MoveNextAsync().ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            call.OnFailed(exception, cancellationToken);
            await DisposeAsync(items).ConfigureAwait(false);
            throw;
        }
    }

    private static ValueTask DisposeAsync(IAsyncEnumerator<TItem>? items) => items?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Disposes the enumerator of a variant that has already failed: an error while disposing must not prevent the fallback.</summary>
    private static async ValueTask DisposeIgnoringErrorsAsync(IAsyncEnumerator<TItem>? items)
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
