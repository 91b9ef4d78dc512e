using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Describes an experiment, before the container exists.</summary>
/// <param name="Name">The experiment's name.</param>
/// <param name="Assignment">How variants are assigned.</param>
/// <param name="FallsBackToControl">Whether calls fall back to control if the assigned variant throws.</param>
/// <param name="LogsExposures">Whether events are recorded.</param>
/// <param name="RecordsOutcomes">Whether the proxy contains the code that records outcomes.</param>
/// <param name="Semantics">The semantics set on the trial or the attribute; null to use the options.</param>
/// <param name="SamplingRate">The sampling rate set on the trial or the attribute; null to use the options.</param>
internal sealed record ExperimentDescriptor(
    string Name,
    AssignmentDescriptor Assignment,
    bool FallsBackToControl,
    bool LogsExposures,
    bool RecordsOutcomes,
    ExposureSemantics? Semantics,
    double? SamplingRate)
{
    /// <summary>Returns the semantics in force under the options.</summary>
    public ExposureSemantics SemanticsUnder(DataPlaneOptions options) => OwnOptions(options)?.ExposureSemantics ?? Semantics ?? options.ExposureSemantics;

    public Experiment Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<DataPlaneOptions>>().Value;
        var own = OwnOptions(options);
        var time = NonThrowingTimeProvider.Of(services.GetRequiredService<TimeProvider>());
        var publisher = services.GetRequiredService<EventPublisher>();
        var faults = new ExperimentFaultLatches(time);
        var repeatCapacity = own?.RepeatCapacity ?? options.RepeatCapacity;
        var repeatWindow = new WindowTimer(services.GetRequiredService<CoarseClock>(), own?.RepeatWindow ?? options.RepeatWindow);
        var current = services.GetRequiredService<ReloadableOptions>();
        var sampling = new SamplingMonitor(Name, current, SamplingRateUnder);
        var settings = new ExposureSettings(Name, LogsExposures, SemanticsUnder(options), options.MaxAttributeLength);
        var assignments = new AssignmentRecorder(
            settings,
            Assignment.Policy,
            Assignment.Variants,
            Assignment.NeedsStore,
            current,
            sampling,
            new ExposureDeduplicator(repeatCapacity, repeatWindow),
            publisher);
        var selector = Assignment.CreateSelector(services);
        var drops = services.GetRequiredService<DropLedger>();
        var logger = services.NonThrowingLogger(DataPlaneLogCategories.Exposure);
        var subjects = new SubjectDiagnostics(Name, drops, faults.UnknownSubject, logger);
        return new Experiment(
            Name,
            Assignment.Variants,
            Assignment.Policy,
            Assignment.CreateAssigner(Name, services, selector, options, assignments),
            selector,
            assignments,
            new ExposureRecorder(
                settings,
                current,
                sampling,
                new ExposureDeduplicator(repeatCapacity, repeatWindow, subjects.OnNewSubjectsOnly),
                assignments,
                publisher,
                drops,
                subjects),
            new OutcomeRecorder(Name, LogsExposures && RecordsOutcomes, current, sampling, publisher),
            FallsBackToControl,
            new VariantFailureLog(Name, time, logger),
            faults,
            time);
    }

    /// <summary>Returns the sampling rate in force under the options.</summary>
    private double SamplingRateUnder(DataPlaneOptions options) => OwnOptions(options)?.SamplingRate ?? SamplingRate ?? options.SamplingRate;

    private ExperimentOptions? OwnOptions(DataPlaneOptions options) => options.Experiments.TryGetValue(Name, out var own) ? own : null;
}
