using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Warns once of subjects that no analysis can use: none is ever known, or none ever comes back.</summary>
internal sealed partial class SubjectReview(string experimentName, ILogger logger)
{
    /// <summary>How many exposures without a subject are waited for.</summary>
    public const int MostAnonymous = 100;

    /// <summary>How many subjects are waited for, of which none came back.</summary>
    public const int MostNew = 1_000;

    private readonly QuietLogger _logger = QuietLogger.Of(logger);
    private int _anonymous;

    /// <summary>Notes an exposure whose subject is unknown.</summary>
    /// <param name="knowsAny">Whether any other subject is known.</param>
    public void Anonymous(bool knowsAny)
    {
        if (Volatile.Read(ref _anonymous) < MostAnonymous && Interlocked.Increment(ref _anonymous) == MostAnonymous && !knowsAny)
        {
            LogNeverKnown(experimentName, MostAnonymous);
        }
    }

    /// <summary>Notes that none of the first subjects came back.</summary>
    public void OnlyNew() => LogOnlyNew(experimentName, MostNew);

    [LoggerMessage(65, LogLevel.Warning,
        "Experiment {Experiment}: none of its first {Count} exposures has a subject, so they cannot be analysed: tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider before the experiment that answers true with an id that is not empty.")]
    private partial void LogNeverKnown(string experiment, int count);

    [LoggerMessage(66, LogLevel.Warning,
        "Experiment {Experiment}: none of its first {Count} subjects came back. If the id is made anew for each call, a request's or a trace's for example, every call is another subject: use an id that stays, of a user, a session or a device.")]
    private partial void LogOnlyNew(string experiment, int count);
}
