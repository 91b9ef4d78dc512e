using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Warns once of subjects that no analysis can use: none is ever known, or none ever comes back.</summary>
internal sealed partial class SubjectDiagnostics(string experimentName, DropLedger drops, FaultLatch unknownSubject, ILogger logger)
{
    /// <summary>How many exposures without a subject are waited for.</summary>
    public const int MaxUnknownSubjects = 100;

    /// <summary>How many subjects are waited for, of which none came back.</summary>
    public const int MaxNewSubjects = 1_000;

    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);
    private int _unknownSubjects;

    /// <summary>Notes an exposure whose subject is unknown.</summary>
    /// <param name="knowsAny">Whether any other subject is known.</param>
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
        drops.CounterFor(experimentName, assigned.Key, DropReasons.NoSubject).Increment();
        if (unknownSubject.Trip())
        {
            LogUnknownSubject(experimentName);
        }
    }

    /// <summary>Notes that none of the first subjects came back.</summary>
    public void OnNewSubjectsOnly() => LogOnlyNew(experimentName, MaxNewSubjects);

    [LoggerMessage(50, LogLevel.Warning,
        "Experiment {Experiment} drops exposures, because the subject is unknown: tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider that knows it.", EventName = "SubjectUnknown")]
    private partial void LogUnknownSubject(string experiment);

    [LoggerMessage(65, LogLevel.Warning,
        "Experiment {Experiment}: none of its first {Count} exposures has a subject, so they cannot be analysed: tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider before the experiment that answers true with an id that is not empty.", EventName = "SubjectsNeverKnown")]
    private partial void LogNeverKnown(string experiment, int count);

    [LoggerMessage(66, LogLevel.Warning,
        "Experiment {Experiment}: none of its first {Count} subjects came back. If the id is made anew for each call, a request's or a trace's for example, every call is another subject: use an id that stays, of a user, a session or a device.", EventName = "SubjectsNeverReturn")]
    private partial void LogOnlyNew(string experiment, int count);
}
