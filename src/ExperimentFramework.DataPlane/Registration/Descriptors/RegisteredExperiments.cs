using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>The experiments that a collection of services holds.</summary>
internal static class RegisteredExperiments
{
    /// <summary>Refuses a name that is taken.</summary>
    /// <exception cref="InvalidOperationException">An experiment of that name is registered already.</exception>
    public static void RequireNewExperiment(this IServiceCollection services, string experimentName)
    {
        if (services.Any(descriptor => descriptor.IsKeyedService
            && descriptor.ServiceType == typeof(Experiment)
            && experimentName.Equals(descriptor.ServiceKey)))
        {
            throw new InvalidOperationException(
                $"An experiment named '{experimentName}' is registered already: give one of them another name, with Trial<T>(name, ...) or Named(name).");
        }
    }
}
