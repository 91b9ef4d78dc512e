using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A configured experiment, with or without an interface.</summary>
internal interface ITrial
{
    string ExperimentName { get; }

    /// <summary>Adds the variants that are not registered. Must run before any <see cref="Register"/>, which replaces registrations.</summary>
    void AddMissingVariants(IServiceCollection services);

    /// <summary>Adds the experiment and, if it has an interface, its proxy, with the services they require.</summary>
    void Register(IServiceCollection services, bool logsExposures);
}
