using System.Runtime.CompilerServices;
using ExperimentFramework.DataPlane.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>The registrations that the container was built from, for start-up messages.</summary>
internal sealed class RegisteredServices(IServiceCollection services)
{
    /// <summary>Returns the last registration of a service without a key; null for none.</summary>
    public ServiceDescriptor? Last(Type service) => services.LastOrDefault(descriptor => !descriptor.IsKeyedService && descriptor.ServiceType == service);

    /// <summary>Returns whether a service is registered, with or without a key.</summary>
    public bool Has(Type service) => services.Any(descriptor => descriptor.ServiceType == service
        || (service.IsConstructedGenericType && descriptor.ServiceType == service.GetGenericTypeDefinition()));

    /// <summary>Returns the registered interfaces that have a generated proxy.</summary>
    public IEnumerable<Type> TaggedInterfaces()
    {
        // Proxies register themselves when code of their assembly first runs, which may not have happened yet.
        foreach (var module in services.Select(descriptor => descriptor.ServiceType.Module).Distinct())
        {
            RuntimeHelpers.RunModuleConstructor(module.ModuleHandle);
        }

        return ExposureProxyRegistry.Services.Where(Has);
    }
}
