namespace ExperimentFramework.DataPlane;

/// <summary>
/// Decides how much of an exception logs, health and events may show. Code that receives original ids (selectors, identity providers, stores, redactors) may put
/// them into its messages in any spelling, so they cannot be found there. If ids are redacted, messages are therefore withheld, except for texts that cannot
/// identify a person: those of <see cref="SafeText"/>. Never throws, whatever the exception does.
/// </summary>
internal sealed class ExceptionSanitizer(bool areWithheld)
{
    /// <summary>A sanitizer that shows exceptions in full.</summary>
    public static ExceptionSanitizer PassThrough { get; } = new(areWithheld: false);

    /// <summary>Returns the exception to log instead of the original.</summary>
    public Exception? Sanitize(Exception? exception) =>
        exception is null ? null
        : areWithheld ? (SafeText.IsOwn(exception) && exception.InnerException is null ? exception : new RedactedException(exception, "message withheld: ids are redacted"))
        : IsReadable(exception) ? exception
        : new RedactedException(exception, "message not available: reading the exception throws");

    /// <summary>Returns the message that may be shown.</summary>
    public string MessageOf(Exception exception) => Sanitize(exception)!.Message;

    /// <summary>Whether the exception can be formatted: loggers format all of it, and one that throws then would lose the whole log line.</summary>
    private static bool IsReadable(Exception exception)
    {
        try
        {
            return exception.Message is not null && exception.ToString() is not null;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
