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

    /// <summary>The variants that have been served.</summary>
    public IEnumerable<TService> Resolved => _instances.OfType<TService>();

    /// <summary>True once the container has begun to dispose the scope, and with it the variants it owns.</summary>
    public bool IsScopeEnding => _scopeEnd is { HasCome: true };

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
