using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>The variants of one proxy, each resolved from the proxy's scope when it is first served.</summary>
/// <remarks>
/// No lock is held while the container runs. A container locks its scopes and singletons while it creates services, and a service it creates may
/// call this proxy, so a lock held here could deadlock. Threads that race on the first call may each resolve the variant; all of them serve the
/// instance that was stored first, and the container disposes what it created.
/// </remarks>
internal sealed class VariantInstances<TService>(IServiceProvider services, VariantSource<TService>[] sources, VariantFailureLog failures)
    where TService : class
{
    private readonly Slot[] _slots = new Slot[sources.Length];
    private ScopeDisposalSentinel? _scopeSentinel;

    public TService this[int index] => Volatile.Read(ref _slots[index].Instance) ?? Resolve(index);

    /// <summary>The variants that have been served, each once.</summary>
    public TService[] Resolved => [.. _slots.Select(slot => slot.Instance).OfType<TService>().Distinct()];

    /// <summary>Whether the container has begun to dispose the scope, and with it the variants it owns.</summary>
    public bool IsScopeDisposing => Volatile.Read(ref _scopeSentinel)?.IsDisposed ?? IsScopeDisposed();

    /// <summary>
    /// Records that the container resolved the proxy again, under another key. The container disposes in reverse order of the last resolution, so
    /// a sentinel that was created earlier proves nothing any more.
    /// </summary>
    public void OnResolved() => Volatile.Write(ref _scopeSentinel, null);

    /// <summary>Detects disposal for a proxy that was never called: a container that is being disposed resolves nothing any more.</summary>
    private bool IsScopeDisposed()
    {
        try
        {
            services.GetRequiredService<ScopeDisposalSentinel>();
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private TService Resolve(int index)
    {
        var instance = Create(sources[index]);
        if (Volatile.Read(ref _scopeSentinel) is null)
        {
            // Created after the proxy, so the container disposes it before the proxy.
            Interlocked.CompareExchange(ref _scopeSentinel, services.GetRequiredService<ScopeDisposalSentinel>(), null);
        }

        return Interlocked.CompareExchange(ref _slots[index].Instance, instance, null) ?? instance;
    }

    private TService Create(VariantSource<TService> source)
    {
        try
        {
            var instance = source.Create(services);
            failures.OnCreated(source.Name);
            return instance;
        }
        catch (Exception exception) when (exception is not ObjectDisposedException)
        {
            failures.OnCreationFailed(source.Name, exception);
            throw;
        }
    }

    /// <summary>Wraps an instance, because taking the address of an element in an array of references costs a type check.</summary>
    private struct Slot
    {
        public TService? Instance;
    }
}
