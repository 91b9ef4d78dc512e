using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>Identifies the registration under which a decorated service remains available to its proxy.</summary>
/// <param name="Type">The service type of the registration.</param>
/// <param name="Key">The service key of the registration.</param>
internal sealed record DecoratedServiceKey(Type Type, object? Key)
{
    /// <summary>Registers the decorated service again, unless it conflicts with the proxy.</summary>
    /// <param name="services">The services.</param>
    /// <param name="registered">The registration to decorate.</param>
    /// <param name="service">The service type; closed even if the registration is an open generic.</param>
    /// <param name="serviceKey">The key that the service is resolved with; null for none.</param>
    /// <param name="experimentName">The experiment that decorates it.</param>
    public static DecoratedServiceKey Add(
        IServiceCollection services, ServiceDescriptor registered, Type service, object? serviceKey, string experimentName)
    {
        var ownKey = new PrivateKey(experimentName);
        if (registered.ServiceType != service)
        {
            // The container closes an open generic only under its own service type.
            services.Add(Rekey(registered, registered.ServiceType, ownKey, serviceKey));
            return new DecoratedServiceKey(service, ownKey);
        }

        var target = FindTarget(services, registered, serviceKey) ?? new DecoratedServiceKey(typeof(object), ownKey);
        services.Add(Rekey(registered, target.Type, target.Key, serviceKey));
        return target;
    }

    /// <summary>Returns the module version id of the implementation; null if a factory creates it.</summary>
    public static Guid? BuildOf(ServiceDescriptor registered)
    {
        var implementation = registered.IsKeyedService
            ? registered.KeyedImplementationType ?? registered.KeyedImplementationInstance?.GetType()
            : registered.ImplementationType ?? registered.ImplementationInstance?.GetType();
        return implementation?.Module.ModuleVersionId;
    }

    /// <summary>
    /// Keeps the service key of a class that the container creates, because its constructor may inject the key: registers it as its own type or, if the
    /// application already has that registration, as <see cref="object"/>.
    /// </summary>
    private static DecoratedServiceKey? FindTarget(IServiceCollection services, ServiceDescriptor registered, object? serviceKey)
    {
        if (!registered.IsKeyedService || registered.KeyedImplementationType is not { } implementation)
        {
            return null;
        }

        return IsFree(implementation) ? new DecoratedServiceKey(implementation, serviceKey)
            : IsFree(typeof(object)) ? new DecoratedServiceKey(typeof(object), serviceKey)
            : null;

        bool IsFree(Type type) => !services.Any(other => other.IsKeyedService
            && other.ServiceType == type
            && (Equals(other.ServiceKey, serviceKey) || Equals(other.ServiceKey, KeyedService.AnyKey)));
    }

    /// <summary>Returns the registration with another service type and key.</summary>
    private static ServiceDescriptor Rekey(ServiceDescriptor registered, Type type, object? key, object? serviceKey)
    {
        var lifetime = registered.Lifetime;
        if (registered.IsKeyedService)
        {
            return registered switch
            {
                { KeyedImplementationInstance: { } instance } => new ServiceDescriptor(type, key, instance),
                { KeyedImplementationFactory: { } factory } => new ServiceDescriptor(type, key, (services, _) => factory(services, serviceKey), lifetime),
                _ => new ServiceDescriptor(type, key, registered.KeyedImplementationType!, lifetime),
            };
        }

        return registered switch
        {
            { ImplementationInstance: { } instance } => new ServiceDescriptor(type, key, instance),
            { ImplementationFactory: { } factory } => new ServiceDescriptor(type, key, (services, _) => factory(services), lifetime),
            _ => new ServiceDescriptor(type, key, registered.ImplementationType!, lifetime),
        };
    }

    /// <summary>A key that no other registration can have.</summary>
    private sealed record PrivateKey(string ExperimentName);
}
