using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>Finds the experiments registered in a service collection.</summary>
internal static class RegisteredExperiments
{
    /// <summary>Throws if the experiment name is already in use.</summary>
    /// <exception cref="InvalidOperationException">An experiment with that name is already registered.</exception>
    public static void RequireNewExperiment(this IServiceCollection services, string experimentName)
    {
        if (services.Any(descriptor => descriptor.IsKeyedService
            && descriptor.ServiceType == typeof(Experiment)
            && experimentName.Equals(descriptor.ServiceKey)))
        {
            throw new InvalidOperationException(
                $"An experiment named '{experimentName}' is already registered. Give one of them another name with Trial<T>(name, ...), Experiment(name, ...) or Named(name).");
        }
    }
}
