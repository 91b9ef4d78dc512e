using System.Runtime.CompilerServices;
using ExperimentFramework.DataPlane.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>The registrations that a container was built from, for messages at its start.</summary>
internal sealed class RegisteredServices(IServiceCollection services)
{
    /// <summary>The last registration of a service without a key; null for none.</summary>
    public ServiceDescriptor? Last(Type service) => services.LastOrDefault(descriptor => !descriptor.IsKeyedService && descriptor.ServiceType == service);

    /// <summary>Whether a service is registered, under whatever key.</summary>
    public bool Has(Type service) => services.Any(descriptor => descriptor.ServiceType == service
        || (service.IsConstructedGenericType && descriptor.ServiceType == service.GetGenericTypeDefinition()));

    /// <summary>The tagged interfaces that have a proxy and are registered.</summary>
    public IEnumerable<Type> TaggedInterfaces()
    {
        // Proxies make themselves known when code of their assembly first runs, which may not have come yet.
        foreach (var module in services.Select(descriptor => descriptor.ServiceType.Module).Distinct())
        {
            RuntimeHelpers.RunModuleConstructor(module.ModuleHandle);
        }

        return ExposureProxyRegistry.Services.Where(Has);
    }
}
