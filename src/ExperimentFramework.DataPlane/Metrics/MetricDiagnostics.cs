using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Counts the metrics that cannot be joined with exposures, because their subject is unknown or does not survive redaction, and reports that in the log and in
/// health. All recorders share it, so that each problem is logged once.
/// </summary>
internal sealed partial class MetricDiagnostics(
    EventRedaction redaction, DropLedger drops, ReloadableOptions options, RecordedSubjectType exposed, TimeProvider time, ILoggerFactory loggers) : IHealthContributor
{
    private readonly NonThrowingLogger _logger = new(loggers.CreateLogger(DataPlaneLogCategories.Exposure), redaction.Exceptions);
    private readonly FaultLatch _unknownSubject = new(NonThrowingTimeProvider.Of(time));
    private readonly bool _keepsSubjects = redaction.SubjectIdMode is not (RedactionMode.Placeholder or RedactionMode.Omit);
    private int _isRefusing;
    private int _hasNoType;

    public string Name => "metrics";

    public string? DegradedReason => Volatile.Read(ref _isRefusing) == 0 || !options.Value.EnableMetricEvents ? null
        : $"Metrics are dropped: PiiRedaction replaces subject ids ({redaction.SubjectIdMode}), so they cannot be joined with exposures. Set PiiRedaction.SubjectId to Pseudonym, or EnableMetricEvents to false.";

    public IEnumerable<KeyValuePair<string, object>> Diagnostics => [];

    /// <summary>Gets whether the subject identity provider is failing.</summary>
    public FaultLatch IdentityProvider { get; } = new(NonThrowingTimeProvider.Of(time));

    /// <summary>Gets whether subjects are too long.</summary>
    public FaultLatch SubjectTooLong { get; } = new(NonThrowingTimeProvider.Of(time));

    /// <summary>Returns whether a metric of the subject can be joined with exposures. If not, it is counted as dropped.</summary>
    public bool CanJoin(in Subject subject)
    {
        if (_keepsSubjects && subject.Id is not null)
        {
            _unknownSubject.Reset();
            ReviewType(subject);
            return true;
        }

        drops.CounterFor(new EventKey(ExperimentNames.All, "", DataPlaneEventType.Metric), DropReasons.NoSubject).Increment();
        if (!_keepsSubjects)
        {
            if (Interlocked.Exchange(ref _isRefusing, 1) == 0)
            {
                LogSubjectRedacted(redaction.SubjectIdMode);
            }
        }
        else if (_unknownSubject.Trip())
        {
            LogSubjectUnknown();
        }

        return false;
    }

    /// <summary>Warns once if a subject has no type although the subjects of exposures have one: then the same id is another subject.</summary>
    private void ReviewType(in Subject subject)
    {
        if (subject.Type is null && Volatile.Read(ref _hasNoType) == 0 && exposed.Value is { } type && Interlocked.Exchange(ref _hasNoType, 1) == 0)
        {
            LogNoSubjectType(type);
        }
    }

    [LoggerMessage(130, LogLevel.Warning,
        "Metrics are dropped because their subject is unknown. Set MetricDetails.SubjectId, or register an ISubjectIdentityProvider that identifies it.", EventName = "MetricSubjectUnknown")]
    private partial void LogSubjectUnknown();

    [LoggerMessage(131, LogLevel.Error,
        "Metrics are dropped because PiiRedaction replaces subject ids ({Mode}), so they cannot be joined with exposures. Set PiiRedaction.SubjectId to Pseudonym, with the same key in every process, or set EnableMetricEvents to false.", EventName = "MetricSubjectRedacted")]
    private partial void LogSubjectRedacted(RedactionMode mode);

    [LoggerMessage(132, LogLevel.Warning,
        "A metric was recorded without a subject type, but exposures in this process have '{SubjectType}', so it cannot be joined with them: the same id without a type is another subject. Set MetricDetails.SubjectType.", EventName = "MetricWithoutSubjectType")]
    private partial void LogNoSubjectType(string subjectType);
}
