using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The lifetime of a proxy: singleton only where everything it holds is and nothing needs the scope, else scoped.
/// Registrations may still change after the proxy's own, so what was concluded is checked again when the experiment starts.
/// </summary>
internal sealed class ProxyLifetime(
    IServiceCollection services, string experimentName, Type serviceType, IReadOnlyList<(Type Type, object? Key)> held, Type? selectorType)
{
    /// <summary>The proxy's lifetime.</summary>
    /// <param name="needsScope">Whether the experiment remembers what a scope was served.</param>
    public ServiceLifetime Resolve(bool needsScope) =>
        !needsScope && held.All(service => LifetimeOf(service.Type, service.Key) is null or ServiceLifetime.Singleton)
            ? ServiceLifetime.Singleton
            : ServiceLifetime.Scoped;

    /// <summary>Checks that what the proxy holds under a key is registered, and that nothing it holds lives shorter than it does.</summary>
    /// <exception cref="InvalidOperationException">It is otherwise; the message names what it concerns.</exception>
    public void Validate(IServiceProvider provider, ServiceLifetime proxyLifetime)
    {
        // The container is asked: another one may have registrations of its own.
        var known = provider.GetService<IServiceProviderIsKeyedService>();
        foreach (var (type, key) in held.Where(service => service.Key is { } key && known?.IsKeyedService(service.Type, key) == false))
        {
            throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: {type} is not registered under the key '{key}'. Register it there, or leave the serviceKey out.");
        }

        if (selectorType is not null && LifetimeOf(selectorType, null) is { } lifetime and not ServiceLifetime.Singleton)
        {
            throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: its selector {selectorType} is registered as {lifetime}, but one instance answers every call. Register it as Singleton.");
        }

        if (proxyLifetime != ServiceLifetime.Singleton)
        {
            return;
        }

        foreach (var (type, key) in held)
        {
            if (LifetimeOf(type, key) is { } heldLifetime and not ServiceLifetime.Singleton)
            {
                throw new InvalidOperationException(
                    $"Experiment '{experimentName}' cannot start: {type} is registered as {heldLifetime}, but the proxy of {serviceType.Name} is a singleton, because everything it held was one when the experiment was registered. Register {type.Name} before the experiment, or as Singleton.");
            }
        }
    }

    private ServiceLifetime? LifetimeOf(Type type, object? key) =>
        (Last(type, key) ?? (type.IsConstructedGenericType ? Last(type.GetGenericTypeDefinition(), key) : null))?.Lifetime;

    private ServiceDescriptor? Last(Type type, object? key) =>
        services.LastOrDefault(descriptor => descriptor.ServiceType == type
            && (Equals(descriptor.ServiceKey, key) || (key is not null && Equals(descriptor.ServiceKey, KeyedService.AnyKey))));
}
