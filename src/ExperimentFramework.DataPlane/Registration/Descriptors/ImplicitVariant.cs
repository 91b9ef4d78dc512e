using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A variant that the container creates, although a factory makes the service so far: what that makes cannot be known.</summary>
/// <param name="services">All registrations.</param>
/// <param name="service">The service.</param>
/// <param name="added">The variant's registration, which is the experiment's.</param>
internal sealed class ImplicitVariant(IServiceCollection services, Type service, ServiceDescriptor added)
{
    public Type Service { get; } = service;

    public Type Variant { get; } = added.ServiceType;

    /// <summary>Whether nobody has registered the variant since.</summary>
    public bool IsInForce => services.Last(descriptor => !descriptor.IsKeyedService && descriptor.ServiceType == Variant) == added;
}
