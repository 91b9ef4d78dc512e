using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A logger whose sinks may throw without anybody noticing: what the data plane says about itself must reach neither a caller
/// nor a worker. Of exceptions it tells what may be told.
/// </summary>
internal sealed class QuietLogger(ILogger inner, ExceptionTexts exceptions) : ILogger
{
    /// <summary>What may be told of exceptions, for texts that are not logged.</summary>
    public ExceptionTexts Exceptions => exceptions;

    /// <summary>The logger, made quiet where it is not.</summary>
    public static QuietLogger Of(ILogger logger) => logger as QuietLogger ?? new QuietLogger(logger, ExceptionTexts.Told);

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
            var told = exceptions.Safe(exception);
            inner.Log(logLevel, eventId, state, told, formatter);
        }
        catch (Exception)
        {
            // There is nowhere left to say it.
        }
    }
}
