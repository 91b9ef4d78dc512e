using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>The key under which a decorated service goes on being registered.</summary>
/// <param name="ExperimentName">The experiment that decorates it.</param>
internal sealed record DecoratedService(string ExperimentName)
{
    /// <summary>The same registration under another key.</summary>
    public static ServiceDescriptor Rekeyed(ServiceDescriptor registered, DecoratedService key)
    {
        var (type, lifetime) = (registered.ServiceType, registered.Lifetime);
        if (registered.IsKeyedService)
        {
            var originalKey = registered.ServiceKey;
            return registered switch
            {
                { KeyedImplementationInstance: { } instance } => new ServiceDescriptor(type, key, instance),
                { KeyedImplementationFactory: { } factory } => new ServiceDescriptor(type, key, (services, _) => factory(services, originalKey), lifetime),
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

    /// <summary>The module version id of the implementation; null where a factory makes it.</summary>
    public static Guid? BuildOf(ServiceDescriptor registered)
    {
        var implementation = registered.IsKeyedService
            ? registered.KeyedImplementationType ?? registered.KeyedImplementationInstance?.GetType()
            : registered.ImplementationType ?? registered.ImplementationInstance?.GetType();
        return implementation?.Module.ModuleVersionId;
    }
}
