using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Everything an experiment is made of, before there is a container.</summary>
/// <param name="Name">The experiment's name.</param>
/// <param name="Assignment">How it assigns.</param>
/// <param name="FallsBackToControl">Whether control answers where the assigned variant throws.</param>
/// <param name="LogsExposures">Whether anything is recorded.</param>
/// <param name="RecordsOutcomes">Whether the proxy sees its calls through.</param>
/// <param name="Semantics">The trial's or the attribute's; null leaves it to the options.</param>
/// <param name="SamplingRate">The trial's or the attribute's; null leaves it to the options.</param>
internal sealed record ExperimentDescriptor(
    string Name,
    AssignmentDescriptor Assignment,
    bool FallsBackToControl,
    bool LogsExposures,
    bool RecordsOutcomes,
    ExposureSemantics? Semantics,
    double? SamplingRate)
{
    /// <summary>The semantics in force.</summary>
    public ExposureSemantics SemanticsUnder(DataPlaneOptions options) => OwnOptions(options)?.ExposureSemantics ?? Semantics ?? options.ExposureSemantics;

    public Experiment Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<DataPlaneOptions>>().Value;
        var own = OwnOptions(options);
        var time = NonThrowingTimeProvider.Of(services.GetRequiredService<TimeProvider>());
        var publisher = services.GetRequiredService<EventPublisher>();
        var faults = new ExperimentFaultLatches(time);
        var repeatCapacity = own?.RepeatCapacity ?? options.RepeatCapacity;
        var repeats = new WindowTimer(services.GetRequiredService<CoarseClock>(), own?.RepeatWindow ?? options.RepeatWindow);
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
            new ExposureDeduplicator(repeatCapacity, repeats),
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
                new ExposureDeduplicator(repeatCapacity, repeats, subjects.OnNewSubjectsOnly),
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

    /// <summary>The sampling rate in force.</summary>
    private double SamplingRateUnder(DataPlaneOptions options) => OwnOptions(options)?.SamplingRate ?? SamplingRate ?? options.SamplingRate;

    private ExperimentOptions? OwnOptions(DataPlaneOptions options) => options.Experiments.TryGetValue(Name, out var own) ? own : null;
}
