using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// Logs events through the application's <c>ILogger</c>, for applications that have the OpenTelemetry SDK: each event is one entry with typed attributes, whose
/// <see cref="EventId.Name"/> is the event's name.
/// </summary>
/// <remarks>
/// An event counts as delivered when the logger has returned. What happens to it afterwards is not reported: the SDK's queue drops events that do not fit, and nothing reports
/// whether a collector accepted the event. <see cref="OtlpDataBackplane"/> does. Without the processor of <c>ExperimentFramework.DataPlane.OpenTelemetry.Sdk</c>, entries have the time
/// at which they were logged, and no trace.
/// </remarks>
public sealed class OpenTelemetryDataBackplane : IDataBackplane, IDisposable
{
    /// <summary>The category of the entries: <c>ExperimentFramework.DataPlane.Events</c>.</summary>
    public const string CategoryName = InstrumentationScope.Name;

    /// <summary>The maximum number of attributes of an exposure without application attributes.</summary>
    private const int UsualAttributes = 24;

    private readonly ILogger _logger;
    private readonly EventAttributes _attributes;

    /// <summary>The list of the last entry, for the next one: a provider must not keep an entry's state, because generated logging code also reuses its state.</summary>
    private List<KeyValuePair<string, object?>>? _spare;

    private volatile bool _isDisposed;

    /// <summary>Initializes a destination.</summary>
    /// <param name="loggers">Creates the logger, for the category <see cref="CategoryName"/>.</param>
    /// <param name="options">The options. Default: all defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="loggers"/> is null.</exception>
    /// <exception cref="OptionsValidationException">An option is invalid; the message names it.</exception>
    public OpenTelemetryDataBackplane(ILoggerFactory loggers, OpenTelemetryDataBackplaneOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        options ??= new OpenTelemetryDataBackplaneOptions();
        var errors = OpenTelemetryDataBackplaneOptionsValidator.Errors(options).ToList();
        if (errors.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(OpenTelemetryDataBackplaneOptions), errors);
        }

        _logger = loggers.CreateLogger(CategoryName);
        _attributes = new EventAttributes(options.FlagSetId);
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        var level = EventSeverity.Of(envelope.Payload).Level;
        if (!_logger.IsEnabled(level))
        {
            return ValueTask.CompletedTask;
        }

        var attributes = Interlocked.Exchange(ref _spare, null) ?? new List<KeyValuePair<string, object?>>(UsualAttributes);
        try
        {
            Log(envelope, level, attributes);
        }
        finally
        {
            attributes.Clear();
            _spare = attributes;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Returns at once. It does not make the SDK send the events that it has queued.</summary>
    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>Whether entries of level Information are logged. It says nothing about the collector.</summary>
    /// <inheritdoc/>
    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(_logger.IsEnabled(LogLevel.Information)
        ? BackplaneHealth.Healthy("Events are logged. Whether they are exported is not known here.")
        : BackplaneHealth.Unhealthy($"Level Information is disabled for {CategoryName}, so events are not logged. Enable it in the logging configuration, and register a provider."));

    /// <summary>Refuses further events.</summary>
    public void Dispose() => _isDisposed = true;

    private void Log(DataPlaneEnvelope envelope, LogLevel level, List<KeyValuePair<string, object?>> attributes)
    {
        var visitor = new LogAttributes(attributes);
        try
        {
            _attributes.Visit(envelope, ref visitor);
        }
        catch (Exception exception)
        {
            throw SafeText.Own(new EventRejectedException("The event cannot be logged: its values cannot be read.", exception));
        }

        var name = EventNames.Of(envelope.Payload).Text;
        _logger.Log(level, new EventId(0, name), new EventLogState(envelope, attributes), null, static (state, exception) => EventLogState.Format(state, exception));
    }
}
