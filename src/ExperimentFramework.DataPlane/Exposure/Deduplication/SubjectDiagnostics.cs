using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Warns once if subjects cannot be analysed because all are unknown, none ever returns, or some have no type.</summary>
internal sealed partial class SubjectDiagnostics(
    string experimentName, FaultLatch unknownSubject, RecordedSubjectType exposed, ILogger logger)
{
    /// <summary>The number of exposures without a subject before the warning.</summary>
    public const int MaxUnknownSubjects = 100;

    /// <summary>The number of subjects, none of which returned, before the warning.</summary>
    public const int MaxNewSubjects = 1_000;

    /// <summary>The fewest subjects that say something: with a smaller repeat capacity there is no warning.</summary>
    private const int MinNewSubjects = 100;

    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);
    private string? _recordedType;
    private int _unknownSubjects;
    private int _hasNoType;

    /// <summary>Gets the type of a subject that was recorded; null if none had one.</summary>
    public string? RecordedType => Volatile.Read(ref _recordedType);

    /// <summary>Remembers the type of a subject that was recorded.</summary>
    public void OnTypeRecorded(string type)
    {
        Volatile.Write(ref _recordedType, type);
        exposed.Set(type);
    }

    /// <summary>Warns once if the application exposes a subject without a type although other exposures have one: then the same id is another subject.</summary>
    public void ReviewType(in Subject subject)
    {
        if (subject is { Id: not null, Type: null } && RecordedType is { } type && Interlocked.Exchange(ref _hasNoType, 1) == 0)
        {
            LogNoSubjectType(experimentName, type);
        }
    }

    /// <summary>Reports an exposure whose subject is unknown.</summary>
    /// <param name="knowsAny">Whether any subject has been known so far.</param>
    public void OnUnknownSubject(bool knowsAny)
    {
        if (Volatile.Read(ref _unknownSubjects) < MaxUnknownSubjects && Interlocked.Increment(ref _unknownSubjects) == MaxUnknownSubjects && !knowsAny)
        {
            LogNeverKnown(experimentName, MaxUnknownSubjects);
        }
    }

    /// <summary>Reports an exposure that is dropped because its subject is unknown.</summary>
    public void OnDropped()
    {
        if (unknownSubject.Trip())
        {
            LogUnknownSubject(experimentName);
        }
    }

    /// <summary>Reports that none of the first subjects returned.</summary>
    public void OnNewSubjectsOnly(int count)
    {
        if (count >= MinNewSubjects)
        {
            LogOnlyNew(experimentName, count);
        }
    }

    [LoggerMessage(50, LogLevel.Warning,
        "Experiment {Experiment} drops exposures because their subject is unknown. Tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider that identifies it.", EventName = "SubjectUnknown")]
    private partial void LogUnknownSubject(string experiment);

    [LoggerMessage(65, LogLevel.Warning,
        "Experiment {Experiment}: none of the first {Count} exposures has a subject, so they cannot be analysed. Tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider that returns a non-empty id.", EventName = "SubjectsNeverKnown")]
    private partial void LogNeverKnown(string experiment, int count);

    [LoggerMessage(66, LogLevel.Warning,
        "Experiment {Experiment}: none of the first {Count} subjects returned. If each call has a new id, such as a request id, use a stable one, such as that of a user, a session or a device.", EventName = "SubjectsNeverReturn")]
    private partial void LogOnlyNew(string experiment, int count);

    [LoggerMessage(140, LogLevel.Warning,
        "An exposure of experiment '{Experiment}' was recorded by name without a subject type, but the experiment's exposures have '{SubjectType}', so the same id counts as another subject. Pass the subject type to ExposeAsync, or set DecidedExposure.SubjectType.", EventName = "ExposedWithoutSubjectType")]
    private partial void LogNoSubjectType(string experiment, string subjectType);
}
