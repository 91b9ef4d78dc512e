using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>Creates the recorder of exposures that were decided elsewhere.</summary>
internal static class RecordedExperimentsFactory
{
    public static RecordedExperiments Create(IServiceProvider services)
    {
        var time = NonThrowingTimeProvider.Of(services.GetRequiredService<TimeProvider>());
        return new RecordedExperiments(services.GetRequiredService<ExperimentCatalog>(), CreateRegistered, CreateOther, time);

        RecordedExperiment CreateRegistered(string name)
        {
            var experiment = services.GetRequiredKeyedService<Experiment>(name);
            return new RecordedExperiment(name, experiment.Variants, experiment.Policy, experiment.Exposures, experiment.Assignments, new FaultLatch(time));
        }

        RecordedExperiment CreateOther(string name)
        {
            var variants = new OpenVariantSet(VariantKeys.Control, build: null);
            var recorders = new RecordingDescriptor(name, LogsExposures: true, Semantics: null, SamplingRate: null)
                .Create(services, AssignmentPolicy.BestEffort, variants, storeKnows: false, new FaultLatch(time));
            return new RecordedExperiment(name, variants, AssignmentPolicy.BestEffort, recorders.Exposures, recorders.Assignments, new FaultLatch(time));
        }
    }
}
