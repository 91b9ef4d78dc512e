using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Describes an experiment, before the container exists.</summary>
/// <param name="Recording">Which exposures are recorded.</param>
/// <param name="Assignment">How variants are assigned.</param>
/// <param name="FallsBackToControl">Whether calls fall back to control if the assigned variant throws.</param>
/// <param name="RecordsOutcomes">Whether the proxy contains the code that records outcomes.</param>
internal sealed record ExperimentDescriptor(RecordingDescriptor Recording, AssignmentDescriptor Assignment, bool FallsBackToControl, bool RecordsOutcomes)
{
    /// <summary>The values that the variants declare; null if they declare none.</summary>
    public DeclaredValues? Values { get; init; }

    public Experiment Create(IServiceProvider services)
    {
        var time = NonThrowingTimeProvider.Of(services.GetRequiredService<TimeProvider>());
        var options = services.GetRequiredService<ReloadableOptions>();
        var faults = new ExperimentFaultLatches(time);
        var recorders = Recording.Create(services, Assignment.Policy, Assignment.Variants, Assignment.NeedsStore, faults.UnknownSubject);
        var selector = Assignment.CreateSelector(services);
        return new Experiment
        {
            Name = Recording.Name,
            Variants = Assignment.Variants,
            Policy = Assignment.Policy,
            Assigner = Assignment.CreateAssigner(Recording.Name, services, selector, services.GetRequiredService<IOptions<DataPlaneOptions>>().Value, recorders.Assignments),
            Selector = selector,
            Assignments = recorders.Assignments,
            Exposures = recorders.Exposures,
            Outcomes = new OutcomeRecorder(
                Recording.Name, Recording.LogsExposures && RecordsOutcomes, options, recorders.Sampling, services.GetRequiredService<EventPublisher>()),
            FallsBackToControl = FallsBackToControl,
            VariantFailures = new VariantFailureLog(Recording.Name, time, services.NonThrowingLogger(DataPlaneLogCategories.Exposure)),
            Faults = faults,
            Time = time,
            Values = Values is null ? null : new VariantValues(Recording.Name, Values, options),
        };
    }
}
