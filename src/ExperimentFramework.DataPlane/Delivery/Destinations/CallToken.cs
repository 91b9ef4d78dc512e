namespace ExperimentFramework.DataPlane;

/// <summary>
/// The token that application code receives for one call. Callbacks that it registers may block or throw when the token is canceled, so they run on the
/// thread pool: not on the canceling thread, and not in a timer, where an exception would end the process.
/// </summary>
internal sealed class CallToken : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _registration;

    /// <param name="limit">The token that cancels this one.</param>
    public CallToken(CancellationToken limit) =>
        _registration = limit.UnsafeRegister(static source => _ = CancelAsync((CancellationTokenSource)source!), _source);

    public CancellationToken Token => _source.Token;

    /// <summary>Detaches from the limit. The token itself stays valid, because the call may go on.</summary>
    public void Dispose() => _registration.Dispose();

    private static async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // An exception of a registered callback: for the pipeline, the call is over either way.
        }
    }
}
