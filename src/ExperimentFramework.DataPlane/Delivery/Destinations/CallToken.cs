namespace ExperimentFramework.DataPlane;

/// <summary>
/// The token that code of the application is given for one call. What it registers there may block or throw when the token is cancelled, so that runs on the
/// thread pool: not on the thread that cancels, and not in a timer, where an exception would end the process.
/// </summary>
internal sealed class CallToken : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _registration;

    /// <param name="limit">Cancels the token.</param>
    public CallToken(CancellationToken limit) =>
        _registration = limit.UnsafeRegister(static source => _ = CancelAsync((CancellationTokenSource)source!), _source);

    public CancellationToken Token => _source.Token;

    /// <summary>Lets go of the limit. The token stays as it is, because the call may go on.</summary>
    public void Dispose() => _registration.Dispose();

    private static async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The registration's own: the call is over for the pipeline either way.
        }
    }
}
