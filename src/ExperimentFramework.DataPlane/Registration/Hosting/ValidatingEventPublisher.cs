using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The publisher that applications get: warns once about each event published by hand that analysts cannot join to what a proxy recorded, and
/// publishes it all the same.
/// </summary>
internal sealed partial class ValidatingEventPublisher(
    EventPublisher publisher, IEnumerable<KnownExperiment> known, IServiceProvider services, ILoggerFactory loggers) : IEventPublisher
{
    /// <summary>How many different mistakes are warned about.</summary>
    private const int MaxWarnings = 100;

    private readonly Dictionary<string, KnownExperiment> _known = known.ToDictionary(experiment => experiment.Name, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Experiment, string? Variant), bool> _warned = new();
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Delivery));

    public ValueTask PublishAsync(DataPlaneEvent dataPlaneEvent, CancellationToken cancellationToken = default)
    {
        switch (dataPlaneEvent)
        {
            case OutcomeEvent outcome:
                Review(outcome.ExperimentName, outcome.VariantKey, "outcome");
                ReviewSubjectType(outcome.ExperimentName, outcome.SubjectId, outcome.SubjectType);
                break;
            case ExposureEvent exposure:
                Review(exposure.ExperimentName, exposure.VariantKey, "exposure");
                break;
        }

        return publisher.PublishAsync(dataPlaneEvent, cancellationToken);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => publisher.FlushAsync(cancellationToken);

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => publisher.HealthAsync(cancellationToken);

    private void Review(string experimentName, string variantKey, string category)
    {
        // A process without experiments reports for another one.
        if (_known.Count == 0)
        {
            return;
        }

        if (!_known.TryGetValue(experimentName, out var experiment))
        {
            if (IsNew((experimentName, null)))
            {
                LogUnknownExperiment(category, experimentName, string.Join(", ", _known.Keys));
            }
        }
        else if (experiment.VariantKeys is { } keys && !keys.Contains(variantKey, StringComparer.Ordinal) && IsNew((experimentName, variantKey)))
        {
            LogUnknownVariant(category, experimentName, variantKey, string.Join(", ", keys));
        }
    }

    private void ReviewSubjectType(string experimentName, string? subjectId, string? subjectType)
    {
        if (subjectId is not null
            && string.IsNullOrEmpty(subjectType)
            && _known.ContainsKey(experimentName)
            && RecordedSubjectType(experimentName) is { } recorded
            && IsNew((experimentName, "")))
        {
            LogNoSubjectType(experimentName, recorded);
        }
    }

    private string? RecordedSubjectType(string experimentName)
    {
        try
        {
            return services.GetRequiredKeyedService<Experiment>(experimentName).Exposures.RecordedSubjectType;
        }
        catch (Exception)
        {
            // An experiment that cannot start says so at the start, or to whoever calls its service.
            return null;
        }
    }

    private bool IsNew((string Experiment, string? Variant) mistake) => _warned.Count < MaxWarnings && _warned.TryAdd(mistake, true);

    [LoggerMessage(59, LogLevel.Warning,
        "An {Category} was published by hand for experiment '{Experiment}', which this application does not register (there are: {Known}). It is published, but cannot be joined to an exposure; names are compared with regard to case.", EventName = "PublishedUnknownExperiment")]
    private partial void LogUnknownExperiment(string category, string experiment, string known);

    [LoggerMessage(63, LogLevel.Warning,
        "An {Category} was published by hand for variant '{Variant}' of experiment '{Experiment}', which has no such variant (there are: {Known}). It is published, but cannot be joined to an exposure; keys are compared with regard to case.", EventName = "PublishedUnknownVariant")]
    private partial void LogUnknownVariant(string category, string experiment, string variant, string known);

    [LoggerMessage(64, LogLevel.Warning,
        "An outcome was published by hand for experiment '{Experiment}' without SubjectType, but the experiment's exposures have '{SubjectType}', so the outcome cannot be joined to its subject: set SubjectType.", EventName = "PublishedWithoutSubjectType")]
    private partial void LogNoSubjectType(string experiment, string subjectType);
}
