using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>The variants of one proxy, each resolved from the proxy's scope when it is first served.</summary>
internal sealed class VariantInstances<TService>(IServiceProvider services, Func<IServiceProvider, TService>[] factories)
    where TService : class
{
    private readonly Lock _lock = new();
    private readonly TService?[] _instances = new TService?[factories.Length];
    private ScopeEnd? _scopeEnd;

    public TService this[int index] => Volatile.Read(ref _instances[index]) ?? Resolve(index);

    /// <summary>The variants that have been served, each once.</summary>
    public TService[] Resolved => [.. _instances.OfType<TService>().Distinct()];

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
            if (_instances[index] is { } resolved)
            {
                return resolved;
            }

            var instance = factories[index](services);
            // Created after the proxy, so the container disposes it before the proxy.
            _scopeEnd ??= services.GetRequiredService<ScopeEnd>();
            Volatile.Write(ref _instances[index], instance);
            return instance;
        }
    }
}
