using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExperimentFramework.DataPlane;

/// <summary>A logger that throws at each message.</summary>
/// <param name="category">The only category whose messages reach it; null for all.</param>
internal sealed class BrokenLogger(string? category = null) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => category is null || category == categoryName ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        throw new IOException("log disk full");

    public void Dispose()
    {
    }
}
