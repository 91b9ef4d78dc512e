using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Logs one line per experiment at start-up: everything that determines which variants are served and where events are delivered.</summary>
internal sealed partial class ExperimentSummary(
    RegisteredServices registered,
    EventPublisher publisher,
    AssignmentStores stores,
    ReloadableOptions options,
    ILoggerFactory loggers)
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Startup));

    public void Log(IReadOnlyList<ExperimentHandle> experiments)
    {
        if (experiments.Count == 0 || !_logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        var identity = Identity();
        var destinations = publisher.Pipeline.Destinations.Count == 0 ? "none" : string.Join(", ", publisher.Pipeline.Destinations.Select(destination => destination.Name));
        var redaction = Redaction(options.Value.PiiRedaction);
        foreach (var (experiment, setup) in experiments)
        {
            var allocation = HashAllocation.Of(experiment);
            LogExperiment(
                experiment.Name,
                setup.Service?.ToString() ?? "none",
                Variants(setup, allocation),
                Selector(experiment, setup, allocation),
                identity,
                experiment.Policy,
                Store(experiment),
                setup.LogsExposures ? experiment.Exposures.Semantics.ToString() : "nothing is recorded",
                experiment.Exposures.SamplingRate,
                destinations,
                redaction);
        }
    }

    private static string Variants(ExperimentSetup setup, HashAllocation? allocation)
    {
        if (setup.VariantKeys is null)
        {
            return "any that the selector returns";
        }

        return string.Join(", ", setup.VariantKeys.Select(key => allocation is null ? key : string.Create(CultureInfo.InvariantCulture, $"{key} {allocation.ShareOf(key):0.##} %")));
    }

    private static string Selector(Experiment experiment, ExperimentSetup setup, HashAllocation? allocation) =>
        (setup.Selector.Description ?? experiment.Selector.GetType().ToString()) + (allocation is null ? "" : $", allocation {allocation.Version}");

    private string Identity() => registered.Last(typeof(ISubjectIdentityProvider)) is { } provider
        ? $"tagged parameters, then {ProxySlot.Description(provider)}"
        : "tagged parameters";

    private string Store(Experiment experiment) =>
        experiment.Assigner.HasStore && stores.Of(experiment.Policy, experiment.Name) is { } store ? store.Name : "none";

    private static string Redaction(PiiRedactionOptions redaction)
    {
        var rules = redaction.Fields
            .Select(field => $"{field.Key} {field.Value}")
            .Concat(redaction.RedactFields.Select(field => $"{field} {RedactionMode.Placeholder}"))
            .Order(StringComparer.Ordinal);
        return string.Join(", ", rules.Prepend($"personal attributes {redaction.PersonalAttributes}").Prepend($"tenant id {redaction.TenantId}").Prepend($"subject id {redaction.SubjectId}"));
    }

    [LoggerMessage(56, LogLevel.Information,
        "Experiment {Experiment}: interface {Service}; variants {Variants}; selector {Selector}; subject from {Identity}; policy {Policy}, store {Store}; semantics {Semantics}; sampling rate {SamplingRate}; destinations {Destinations}; redaction {Redaction}.", EventName = "ExperimentRegistered")]
    private partial void LogExperiment(
        string experiment,
        string service,
        string variants,
        string selector,
        string identity,
        AssignmentPolicy policy,
        string store,
        string semantics,
        double samplingRate,
        string destinations,
        string redaction);
}
