using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Warns once if subjects cannot be analysed, because none is ever known or none ever returns.</summary>
internal sealed partial class SubjectDiagnostics(string experimentName, DropLedger drops, FaultLatch unknownSubject, ILogger logger)
{
    /// <summary>The number of exposures without a subject before the warning.</summary>
    public const int MaxUnknownSubjects = 100;

    /// <summary>The number of subjects, none of which returned, before the warning.</summary>
    public const int MaxNewSubjects = 1_000;

    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);
    private int _unknownSubjects;

    /// <summary>Reports an exposure whose subject is unknown.</summary>
    /// <param name="knowsAny">Whether any subject has been known so far.</param>
    public void OnUnknownSubject(bool knowsAny)
    {
        if (Volatile.Read(ref _unknownSubjects) < MaxUnknownSubjects && Interlocked.Increment(ref _unknownSubjects) == MaxUnknownSubjects && !knowsAny)
        {
            LogNeverKnown(experimentName, MaxUnknownSubjects);
        }
    }

    /// <summary>Counts an exposure that is dropped because its subject is unknown.</summary>
    public void OnDropped(Variant assigned)
    {
        drops.CounterFor(new EventKey(experimentName, assigned.Key, DataPlaneEventType.Exposure), DropReasons.NoSubject).Increment();
        if (unknownSubject.Trip())
        {
            LogUnknownSubject(experimentName);
        }
    }

    /// <summary>Reports that none of the first subjects returned.</summary>
    public void OnNewSubjectsOnly() => LogOnlyNew(experimentName, MaxNewSubjects);

    [LoggerMessage(50, LogLevel.Warning,
        "Experiment {Experiment} drops exposures because their subject is unknown. Tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider that identifies it.", EventName = "SubjectUnknown")]
    private partial void LogUnknownSubject(string experiment);

    [LoggerMessage(65, LogLevel.Warning,
        "Experiment {Experiment}: none of the first {Count} exposures has a subject, so they cannot be analysed. Tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider that returns a non-empty id.", EventName = "SubjectsNeverKnown")]
    private partial void LogNeverKnown(string experiment, int count);

    [LoggerMessage(66, LogLevel.Warning,
        "Experiment {Experiment}: none of the first {Count} subjects returned. If each call has a new id, such as a request id, use a stable one, such as that of a user, a session or a device.", EventName = "SubjectsNeverReturn")]
    private partial void LogOnlyNew(string experiment, int count);
}
