using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A logger that swallows the exceptions of its sinks: logging by the data plane must affect neither callers nor workers. Exceptions are sanitized before
/// they are logged.
/// </summary>
internal sealed class NonThrowingLogger(ILogger inner, ExceptionSanitizer exceptions) : ILogger
{
    /// <summary>The sanitizer, for exception messages that are shown outside logs.</summary>
    public ExceptionSanitizer Exceptions => exceptions;

    /// <summary>Returns the logger itself if it never throws; otherwise wraps it.</summary>
    public static NonThrowingLogger Of(ILogger logger) => logger as NonThrowingLogger ?? new NonThrowingLogger(logger, ExceptionSanitizer.PassThrough);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return inner.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            var sanitized = exceptions.Sanitize(exception);
            inner.Log(logLevel, eventId, state, sanitized, formatter);
        }
        catch (Exception)
        {
            // There is nowhere left to report it.
        }
    }
}
