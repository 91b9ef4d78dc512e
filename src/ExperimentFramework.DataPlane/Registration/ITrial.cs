using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A configured experiment, without its interface as a type parameter.</summary>
internal interface ITrial
{
    string ExperimentName { get; }

    /// <summary>Adds the variants that are not registered. Must run before any <see cref="Register"/>, which replaces registrations.</summary>
    void AddMissingVariants(IServiceCollection services);

    /// <summary>Adds the proxy and the services it requires.</summary>
    void Register(IServiceCollection services, bool logsExposures);
}
