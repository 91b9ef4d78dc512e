using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A logger whose sinks may throw without anybody noticing: what the data plane says about itself must reach neither a caller
/// nor a worker. Of exceptions it tells what may be told.
/// </summary>
internal sealed class NonThrowingLogger(ILogger inner, ExceptionSanitizer exceptions) : ILogger
{
    /// <summary>What may be told of exceptions, for texts that are not logged.</summary>
    public ExceptionSanitizer Exceptions => exceptions;

    /// <summary>The logger, made quiet where it is not.</summary>
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
            var told = exceptions.Sanitize(exception);
            inner.Log(logLevel, eventId, state, told, formatter);
        }
        catch (Exception)
        {
            // There is nowhere left to say it.
        }
    }
}
