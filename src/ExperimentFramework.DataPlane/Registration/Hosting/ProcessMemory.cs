using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>What this process remembers about subjects, apart from what its assignment stores hold.</summary>
internal static class ProcessMemory
{
    /// <summary>Forgets a subject in every experiment. What belongs to a dependency injection scope goes with the scope.</summary>
    public static void Forget(IServiceProvider services, in Subject subject)
    {
        foreach (var handle in services.GetServices<ExperimentHandle>())
        {
            handle.Experiment.Forget(subject);
        }

        services.GetRequiredService<RecordedExperiments>().Forget(subject);
        foreach (var known in services.GetServices<KnownExperiment>().Where(known => known.Lifetime == ServiceLifetime.Singleton))
        {
            services.GetRequiredKeyedService<ExperimentScope>(known.Name).Served.Forget(subject);
        }
    }
}
