using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A described experiment, without its interface as a type parameter.</summary>
internal interface ITrial
{
    string ExperimentName { get; }

    /// <summary>Adds the variants that are not registered. Before any <see cref="Register"/>, which replaces registrations.</summary>
    void AddMissingVariants(IServiceCollection services);

    /// <summary>Adds the proxy and what it needs.</summary>
    void Register(IServiceCollection services, bool logsExposures);
}
