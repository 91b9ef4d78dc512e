using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Determines the lifetime of a proxy: singleton if everything it holds is a singleton and nothing needs the scope, else scoped.
/// Registrations may still change afterwards, so the result is validated when the experiment starts.
/// </summary>
/// <param name="services">All registrations.</param>
/// <param name="experimentName">The experiment's name.</param>
/// <param name="holder">What holds the services, for messages: <c>the proxy of IPricing</c>.</param>
/// <param name="held">The services that are held, with their keys.</param>
/// <param name="selectorType">The selector's service type; null if it is not resolved from the container.</param>
internal sealed class ProxyLifetime(
    IServiceCollection services, string experimentName, string holder, IReadOnlyList<(Type Type, object? Key)> held, Type? selectorType)
{
    /// <summary>Returns the proxy's lifetime.</summary>
    /// <param name="needsScope">Whether the experiment keeps state per scope.</param>
    public ServiceLifetime Resolve(bool needsScope) =>
        !needsScope && held.All(service => LifetimeOf(service.Type, service.Key) is null or ServiceLifetime.Singleton)
            ? ServiceLifetime.Singleton
            : ServiceLifetime.Scoped;

    /// <summary>Validates that the keyed services the proxy holds are registered, and that none has a shorter lifetime than the proxy.</summary>
    /// <exception cref="InvalidOperationException">A service is not registered or has a shorter lifetime; the message names it.</exception>
    public void Validate(IServiceProvider provider, ServiceLifetime proxyLifetime)
    {
        // Ask the container, because a third-party container may have registrations of its own.
        var known = provider.GetService<IServiceProviderIsKeyedService>();
        foreach (var (type, key) in held.Where(service => service.Key is { } key && known?.IsKeyedService(service.Type, key) == false))
        {
            throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: {type} is not registered with the key '{key}'. Register it with that key, or omit serviceKey.");
        }

        if (selectorType is not null && LifetimeOf(selectorType, null) is { } lifetime and not ServiceLifetime.Singleton)
        {
            throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: its selector {selectorType} is registered as {lifetime}, but one instance serves all calls. Register it as Singleton.");
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
                    $"Experiment '{experimentName}' cannot start: {type} is registered as {heldLifetime}, but {holder} became a singleton when the experiment was registered. Register {type.Name} before the experiment, or as Singleton.");
            }
        }
    }

    private ServiceLifetime? LifetimeOf(Type type, object? key) =>
        (Last(type, key) ?? (type.IsConstructedGenericType ? Last(type.GetGenericTypeDefinition(), key) : null))?.Lifetime;

    private ServiceDescriptor? Last(Type type, object? key) =>
        services.LastOrDefault(descriptor => descriptor.ServiceType == type
            && (Equals(descriptor.ServiceKey, key) || (key is not null && Equals(descriptor.ServiceKey, KeyedService.AnyKey))));
}
