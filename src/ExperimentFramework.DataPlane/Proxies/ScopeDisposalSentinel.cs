namespace ExperimentFramework.DataPlane;

/// <summary>
/// A transient service that a proxy resolves after its own creation. Containers dispose in reverse order of creation, so if the
/// sentinel is disposed when the proxy is, the container is disposing the proxy, and the call must not reach variants that the
/// container disposes itself. Otherwise the application is disposing it.
/// </summary>
internal sealed class ScopeDisposalSentinel : IDisposable
{
    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}
