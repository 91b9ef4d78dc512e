using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Disposes the destinations of a composite, each on its own thread and for no longer than <see cref="DataPlaneOptions.ShutdownTimeout"/>: one that
/// never returns does not block the disposal of the container.
/// </summary>
internal sealed partial class BackplaneDisposal(ShutdownBudget shutdown, TimeProvider time, ILogger logger)
{
    /// <summary>Disposes destinations concurrently. A destination that throws does not prevent the others from being disposed.</summary>
    public async Task DisposeAsync(IEnumerable<IDataBackplane> backplanes)
    {
        using var wait = shutdown.Begin();
        await Task.WhenAll(backplanes.Select(backplane => DisposeAsync(backplane, wait.Remaining))).ConfigureAwait(false);
    }

    private async Task DisposeAsync(IDataBackplane backplane, TimeSpan timeout)
    {
        var name = backplane.GetType().Name;
        var hasEnded = false;
        try
        {
            await new BoundedCall($"{name}.{nameof(IAsyncDisposable.DisposeAsync)}", timeout, time).RunAsync(CallAsync, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException exception) when (!Volatile.Read(ref hasEnded))
        {
            LogNotDisposed(name, exception);
        }

        async ValueTask<bool> CallAsync(CancellationToken cancellationToken)
        {
            try
            {
                if (backplane is IAsyncDisposable asyncDisposable)
                {
                    await asyncDisposable.DisposeAsync().ConfigureAwait(false);
                }
                else
                {
                    (backplane as IDisposable)?.Dispose();
                }

                return true;
            }
            finally
            {
                Volatile.Write(ref hasEnded, true);
            }
        }
    }

    [LoggerMessage(69, LogLevel.Error, "The disposal of destination {Destination} did not complete within ShutdownTimeout. The shutdown no longer waits for it.", EventName = "DisposalAbandoned")]
    private partial void LogNotDisposed(string destination, Exception exception);
}
