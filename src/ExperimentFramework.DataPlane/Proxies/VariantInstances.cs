using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>The variants of one proxy, each resolved from the proxy's scope when it is first served.</summary>
/// <remarks>
/// Nothing is locked while the container runs. A container locks its scopes and singletons while it creates, and what it creates may call this
/// proxy: a lock held here would close the circle. Threads that meet at a first call may each resolve the variant; all of them serve the one
/// that was stored first, and the container disposes what it created.
/// </remarks>
internal sealed class VariantInstances<TService>(IServiceProvider services, VariantSource<TService>[] sources, VariantFailureLog faults)
    where TService : class
{
    private readonly Slot[] _slots = new Slot[sources.Length];
    private ScopeDisposalSentinel? _scopeSentinel;

    public TService this[int index] => Volatile.Read(ref _slots[index].Instance) ?? Resolve(index);

    /// <summary>The variants that have been served, each once.</summary>
    public TService[] Resolved => [.. _slots.Select(slot => slot.Instance).OfType<TService>().Distinct()];

    /// <summary>True once the container has begun to dispose the scope, and with it the variants it owns.</summary>
    public bool IsScopeDisposing => Volatile.Read(ref _scopeSentinel)?.IsDisposed ?? IsScopeDisposed();

    /// <summary>
    /// Notes that the proxy was given out once more, under another key: the container disposes it in the order in which it was given out last, so
    /// what was created before says nothing any more.
    /// </summary>
    public void GivenOut() => Volatile.Write(ref _scopeSentinel, null);

    /// <summary>A container that is being disposed gives out nothing any more, so a proxy that was never called can still tell.</summary>
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
            faults.OnCreated(source.Name);
            return instance;
        }
        catch (Exception exception) when (exception is not ObjectDisposedException)
        {
            faults.OnCreationFailed(source.Name, exception);
            throw;
        }
    }

    /// <summary>Where an instance stands: an array of instances themselves would have its type checked at each access.</summary>
    private struct Slot
    {
        public TService? Instance;
    }
}
