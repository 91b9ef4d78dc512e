using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Writes each event as one structured log entry at level Information, with the event as JSON in the field <c>Event</c>.
/// <see cref="DataPlaneJson.Deserialize(string)"/> reads it back.
/// </summary>
public sealed partial class LoggingDataBackplane : IDataBackplane
{
    private readonly ILogger<LoggingDataBackplane> _logger;
    private readonly EventFormat _format;

    /// <summary>Initializes a backplane.</summary>
    /// <param name="logger">The logger to write to.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="logger"/> is null.</exception>
    /// <exception cref="OptionsValidationException">An option is out of its range; the message names the option, its value and the range.</exception>
    public LoggingDataBackplane(ILogger<LoggingDataBackplane> logger, LoggingDataBackplaneOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(logger);
        options ??= new LoggingDataBackplaneOptions();
        OptionFailures<LoggingDataBackplaneOptions>.Throw(new LoggingDataBackplaneOptionsValidator(), options);
        _logger = logger;
        _format = options.Format;
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        if (_logger.IsEnabled(LogLevel.Information))
        {
            LogEvent(envelope.EventType, envelope.EventId, DataPlaneJson.Serialize(envelope, _format));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_logger.IsEnabled(LogLevel.Information)
            ? BackplaneHealth.Healthy("Events are logged at level Information.")
            : BackplaneHealth.Unhealthy(
                "Level Information is disabled for ExperimentFramework.DataPlane.LoggingDataBackplane, so no event is logged. Enable it in the logging configuration."));

    [LoggerMessage(100, LogLevel.Information, "{EventType} {EventId} {Event}", SkipEnabledCheck = true, EventName = "Event")]
    private partial void LogEvent(DataPlaneEventType eventType, Guid eventId, string @event);
}
