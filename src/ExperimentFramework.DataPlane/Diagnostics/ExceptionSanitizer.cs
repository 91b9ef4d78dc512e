namespace ExperimentFramework.DataPlane;

/// <summary>
/// What logs, health and events may show of an exception. Code that is given real ids (selectors, identity providers, stores, redactors) puts them into its
/// messages, and nobody can find them there in every spelling; so if ids are redacted, messages are withheld, and only texts that cannot name a person are shown:
/// those of <see cref="SafeText"/>. Never throws, whatever the exception does.
/// </summary>
internal sealed class ExceptionSanitizer(bool areWithheld)
{
    /// <summary>Shows everything.</summary>
    public static ExceptionSanitizer PassThrough { get; } = new(areWithheld: false);

    /// <summary>What is to be logged in the place of an exception.</summary>
    public Exception? Sanitize(Exception? exception) =>
        exception is null ? null
        : areWithheld ? (SafeText.IsOwn(exception) && exception.InnerException is null ? exception : new RedactedException(exception, "message withheld: ids are redacted"))
        : IsReadable(exception) ? exception
        : new RedactedException(exception, "it throws when it is read");

    /// <summary>What is to be shown in words.</summary>
    public string MessageOf(Exception exception) => Sanitize(exception)!.Message;

    /// <summary>Loggers read all of an exception; one that throws then would take the whole log line along.</summary>
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
