using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The publisher that applications use. Warns once about each kind of event that cannot be joined to an experiment's recorded
/// exposures, and publishes it anyway; a metric that cannot be joined is dropped as one that is recorded is.
/// </summary>
internal sealed partial class ValidatingEventPublisher(
    EventPublisher publisher, MetricDiagnostics metrics, IEnumerable<KnownExperiment> known, IServiceProvider services, ILoggerFactory loggers) : IEventPublisher
{
    /// <summary>The maximum number of different warnings.</summary>
    private const int MaxWarnings = 100;

    private readonly Dictionary<string, KnownExperiment> _known = known.ToDictionary(experiment => experiment.Name, StringComparer.Ordinal);
    private readonly BoundedDictionary<(string Experiment, string? Variant, string? Untyped), bool> _warned = new(MaxWarnings);

    /// <summary>Bounds subjects in the same way as those of calls, and logs it. The current subject is not looked up.</summary>
    private readonly SubjectIdentity _identity = new(
        provider: null, metrics.IdentityProvider, metrics.SubjectTooLong, loggers.CreateLogger(DataPlaneLogCategories.Assignment));

    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Delivery));

    public ValueTask PublishAsync(DataPlaneEvent dataPlaneEvent, CancellationToken cancellationToken = default)
    {
        PublishedEvent.Require(dataPlaneEvent);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (!publisher.IsEnabled(dataPlaneEvent.EventType))
        {
            return ValueTask.CompletedTask;
        }

        dataPlaneEvent = WithBoundedSubject(dataPlaneEvent);
        switch (dataPlaneEvent)
        {
            case OutcomeEvent outcome:
                Review(outcome.ExperimentName, outcome.VariantKey, "outcome");
                ReviewSubjectType(outcome.ExperimentName, outcome.SubjectId, outcome.SubjectType, "outcome");
                break;
            case ExposureEvent exposure:
                Review(exposure.ExperimentName, exposure.VariantKey, "exposure");
                ReviewSubjectType(exposure.ExperimentName, exposure.SubjectId, exposure.SubjectType, "exposure");
                break;
            case MetricEvent metric when !metrics.CanJoin(PublishedEvent.SubjectOf(metric)):
                return ValueTask.CompletedTask;
        }

        return publisher.PublishAsync(dataPlaneEvent, cancellationToken);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => publisher.FlushAsync(cancellationToken);

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => publisher.HealthAsync(cancellationToken);

    /// <summary>Removes a subject that calls would treat as unknown, because nothing could be joined to it.</summary>
    private DataPlaneEvent WithBoundedSubject(DataPlaneEvent dataPlaneEvent) => dataPlaneEvent switch
    {
        ExposureEvent exposure when IsTooLong(exposure.SubjectId, exposure.SubjectType, exposure.TenantId) => exposure with { SubjectId = null, SubjectType = null, TenantId = null },
        AssignmentEvent assignment when IsTooLong(assignment.SubjectId, assignment.SubjectType, assignment.TenantId) => assignment with { SubjectId = null, SubjectType = null, TenantId = null },
        OutcomeEvent outcome when IsTooLong(outcome.SubjectId, outcome.SubjectType, outcome.TenantId) => outcome with { SubjectId = null, SubjectType = null, TenantId = null },
        MetricEvent metric when IsTooLong(metric.SubjectId, metric.SubjectType, metric.TenantId) => metric with { SubjectId = null, SubjectType = null, TenantId = null },
        _ => dataPlaneEvent,
    };

    private bool IsTooLong(string? id, string? type, string? tenantId) => !Subject.Fits(id, type, tenantId) && _identity.Identify(id, type, tenantId) == default;

    private void Review(string experimentName, string variantKey, string category)
    {
        // A process without experiments publishes events for experiments of another process.
        if (_known.Count == 0)
        {
            return;
        }

        if (!_known.TryGetValue(experimentName, out var experiment))
        {
            if (IsNew((experimentName, null, null)))
            {
                LogUnknownExperiment(category, experimentName, string.Join(", ", _known.Keys));
            }
        }
        else if (experiment.VariantKeys is { } keys && !keys.Contains(variantKey, StringComparer.Ordinal) && IsNew((experimentName, variantKey, null)))
        {
            LogUnknownVariant(category, experimentName, variantKey, string.Join(", ", keys));
        }
    }

    private void ReviewSubjectType(string experimentName, string? subjectId, string? subjectType, string category)
    {
        if (subjectId is not null
            && string.IsNullOrEmpty(subjectType)
            && _known.ContainsKey(experimentName)
            && RecordedSubjectType(experimentName) is { } recorded
            && IsNew((experimentName, null, category)))
        {
            LogNoSubjectType(category, experimentName, recorded);
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
            // An experiment that cannot start reports that at start-up or to the caller of its service.
            return null;
        }
    }

    private bool IsNew((string Experiment, string? Variant, string? Untyped) mistake) => !_warned.ContainsKey(mistake) && !_warned.IsFull && _warned.TryAdd(mistake, true);

    [LoggerMessage(59, LogLevel.Warning,
        "An {Category} was published for experiment '{Experiment}', which is not registered (registered: {Known}). It cannot be joined to an exposure. Check the name; names are case-sensitive.", EventName = "PublishedUnknownExperiment")]
    private partial void LogUnknownExperiment(string category, string experiment, string known);

    [LoggerMessage(63, LogLevel.Warning,
        "An {Category} was published for variant '{Variant}' of experiment '{Experiment}', which has no such variant (existing: {Known}). It cannot be joined to an exposure. Check the key; keys are case-sensitive.", EventName = "PublishedUnknownVariant")]
    private partial void LogUnknownVariant(string category, string experiment, string variant, string known);

    [LoggerMessage(64, LogLevel.Warning,
        "An {Category} was published for experiment '{Experiment}' without SubjectType, but the experiment's exposures have '{SubjectType}', so it cannot be joined to its subject. Set SubjectType.", EventName = "PublishedWithoutSubjectType")]
    private partial void LogNoSubjectType(string category, string experiment, string subjectType);
}
