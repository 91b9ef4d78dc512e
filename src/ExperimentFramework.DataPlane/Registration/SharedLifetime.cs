using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The lifetime of a proxy: singleton only where everything it holds is, else scoped. Registrations may still change after
/// the proxy's own, so what was concluded is checked again when the experiment starts.
/// </summary>
internal sealed class SharedLifetime(
    IServiceCollection services, string experimentName, Type serviceType, IReadOnlyList<Type> held, Type? selectorType)
{
    public ServiceLifetime Lifetime =>
        held.All(type => LifetimeOf(type) is null or ServiceLifetime.Singleton) ? ServiceLifetime.Singleton : ServiceLifetime.Scoped;

    /// <summary>Checks that nothing the proxy holds lives shorter than the proxy.</summary>
    /// <exception cref="InvalidOperationException">Something does; the message names it.</exception>
    public void Verify(ServiceLifetime proxyLifetime)
    {
        if (selectorType is not null)
        {
            Require(selectorType, "its selector is used by every call");
        }

        if (proxyLifetime != ServiceLifetime.Singleton)
        {
            return;
        }

        foreach (var type in held)
        {
            Require(type, $"the proxy of {serviceType.Name} is a singleton, because everything registered before AddExperimentFramework was one; register {type.Name} before it");
        }
    }

    private void Require(Type type, string why)
    {
        if (LifetimeOf(type) is { } lifetime and not ServiceLifetime.Singleton)
        {
            throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: {type} is registered as {lifetime} but would be held by a singleton ({why}), or register it as Singleton.");
        }
    }

    private ServiceLifetime? LifetimeOf(Type type) =>
        services.LastOrDefault(descriptor => !descriptor.IsKeyedService && descriptor.ServiceType == type)?.Lifetime;
}
