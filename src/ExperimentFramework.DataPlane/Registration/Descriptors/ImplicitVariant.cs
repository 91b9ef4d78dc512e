using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A variant that was registered implicitly although the service was registered with a factory, which may have created it differently.</summary>
/// <param name="services">All registrations.</param>
/// <param name="service">The service type.</param>
/// <param name="added">The variant's registration that the experiment added.</param>
internal sealed class ImplicitVariant(IServiceCollection services, Type service, ServiceDescriptor added)
{
    public Type Service { get; } = service;

    public Type Variant { get; } = added.ServiceType;

    /// <summary>Whether the variant has not been registered again since.</summary>
    public bool IsInForce => services.Last(descriptor => !descriptor.IsKeyedService && descriptor.ServiceType == Variant) == added;
}
