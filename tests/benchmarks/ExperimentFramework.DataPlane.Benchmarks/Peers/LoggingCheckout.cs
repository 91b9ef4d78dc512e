using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>A line through the logger that the compiler writes.</summary>
/// <param name="logger">The logger.</param>
public sealed partial class LoggingCheckout(ILogger logger) : PeerCheckout
{
    protected override void Record(string user) => LogServed("checkout", "other", user);

    [LoggerMessage(1, LogLevel.Information, "Experiment {Experiment} served {Variant} to {Subject}.")]
    private partial void LogServed(string experiment, string variant, string subject);

    /// <summary>A logger that is enabled and does nothing, but format the line if asked.</summary>
    public sealed class IdleLogger(bool formats) : ILogger
    {
        private int _characters;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formats)
            {
                _characters += formatter(state, exception).Length;
            }
        }
    }
}
