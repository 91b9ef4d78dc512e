using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Describes which exposures of an experiment are recorded, before the container exists.</summary>
/// <param name="Name">The experiment's name.</param>
/// <param name="LogsExposures">Whether events are recorded.</param>
/// <param name="Semantics">The semantics set on the experiment or the attribute; null to use the options.</param>
/// <param name="SamplingRate">The sampling rate set on the experiment or the attribute; null to use the options.</param>
internal sealed record RecordingDescriptor(string Name, bool LogsExposures, ExposureSemantics? Semantics, double? SamplingRate)
{
    /// <summary>Returns the semantics in force under the options.</summary>
    public ExposureSemantics SemanticsUnder(DataPlaneOptions options) => OwnOptions(options)?.ExposureSemantics ?? Semantics ?? options.ExposureSemantics;

    /// <summary>Returns whether the experiment keeps state per scope, under the options that are set in code so far.</summary>
    public bool NeedsScope(AssignmentPolicy policy, IServiceCollection services) =>
        policy == AssignmentPolicy.SessionSticky || SemanticsUnder(RegistrationTimeOptions.Build(services)) == ExposureSemantics.Explicit;

    /// <summary>Creates the recorders.</summary>
    /// <param name="services">The services.</param>
    /// <param name="policy">How long a subject keeps its variant.</param>
    /// <param name="variants">The variants.</param>
    /// <param name="storeKnows">Whether the policy's store reports changed assignments.</param>
    /// <param name="unknownSubject">The latch for exposures whose subject is unknown.</param>
    public ExperimentRecorders Create(IServiceProvider services, AssignmentPolicy policy, IVariantSet variants, bool storeKnows, FaultLatch unknownSubject)
    {
        var options = services.GetRequiredService<IOptions<DataPlaneOptions>>().Value;
        var own = OwnOptions(options);
        var publisher = services.GetRequiredService<EventPublisher>();
        var repeatCapacity = own?.RepeatCapacity ?? options.RepeatCapacity;
        var repeatWindow = new WindowTimer(services.GetRequiredService<CoarseClock>(), own?.RepeatWindow ?? options.RepeatWindow);
        var current = services.GetRequiredService<ReloadableOptions>();
        var sampling = new SamplingMonitor(Name, current, SamplingRateUnder);
        var settings = new ExposureSettings(Name, LogsExposures, SemanticsUnder(options), options.MaxAttributeLength);
        var assignments = new AssignmentRecorder(
            settings, policy, variants, storeKnows, current, sampling, new ExposureDeduplicator(repeatCapacity, repeatWindow), publisher);
        var subjects = new SubjectDiagnostics(
            Name, unknownSubject, services.GetRequiredService<RecordedSubjectType>(), services.NonThrowingLogger(DataPlaneLogCategories.Exposure));
        var exposures = new ExposureRecorder(
            settings,
            current,
            sampling,
            new ExposureDeduplicator(repeatCapacity, repeatWindow, subjects.OnNewSubjectsOnly),
            assignments,
            publisher,
            services.GetRequiredService<DropLedger>(),
            subjects);
        return new ExperimentRecorders(sampling, assignments, exposures);
    }

    /// <summary>Returns the sampling rate in force under the options.</summary>
    private double SamplingRateUnder(DataPlaneOptions options) => OwnOptions(options)?.SamplingRate ?? SamplingRate ?? options.SamplingRate;

    private ExperimentOptions? OwnOptions(DataPlaneOptions options) => options.Experiments.TryGetValue(Name, out var own) ? own : null;
}
