namespace ExperimentFramework.DataPlane;

/// <summary>
/// A transient service that a proxy creates after itself. Containers dispose in reverse order of creation, so when the
/// container disposes the proxy this has already been disposed, and the proxy can tell the container's call, which must not
/// reach variants that the container disposes itself, from the application's.
/// </summary>
internal sealed class ScopeDisposalSentinel : IDisposable
{
    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}
