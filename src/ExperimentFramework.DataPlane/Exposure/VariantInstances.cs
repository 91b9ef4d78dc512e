using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>The variants of one proxy, each resolved from the proxy's scope when it is first served.</summary>
internal sealed class VariantInstances<TService>(IServiceProvider services, VariantSource<TService>[] sources, VariantFaults faults)
    where TService : class
{
    private readonly Lock _lock = new();
    private readonly Slot[] _slots = new Slot[sources.Length];
    private ScopeEnd? _scopeEnd;

    public TService this[int index] => Volatile.Read(ref _slots[index].Instance) ?? Resolve(index);

    /// <summary>The variants that have been served, each once.</summary>
    public TService[] Resolved => [.. _slots.Select(slot => slot.Instance).OfType<TService>().Distinct()];

    /// <summary>True once the container has begun to dispose the scope, and with it the variants it owns.</summary>
    public bool IsScopeEnding => _scopeEnd?.HasCome ?? IsScopeDisposed();

    /// <summary>A container that is being disposed gives out nothing any more, so a proxy that was never called can still tell.</summary>
    private bool IsScopeDisposed()
    {
        try
        {
            services.GetRequiredService<ScopeEnd>();
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private TService Resolve(int index)
    {
        lock (_lock)
        {
            if (_slots[index].Instance is { } resolved)
            {
                return resolved;
            }

            var instance = Create(sources[index]);
            // Created after the proxy, so the container disposes it before the proxy.
            _scopeEnd ??= services.GetRequiredService<ScopeEnd>();
            Volatile.Write(ref _slots[index].Instance, instance);
            return instance;
        }
    }

    private TService Create(VariantSource<TService> source)
    {
        try
        {
            var instance = source.Create(services);
            faults.Created(source.Name);
            return instance;
        }
        catch (Exception exception) when (exception is not ObjectDisposedException)
        {
            faults.NotCreated(source.Name, exception);
            throw;
        }
    }

    /// <summary>Where an instance stands: an array of instances themselves would have its type checked at each access.</summary>
    private struct Slot
    {
        public TService? Instance;
    }
}
