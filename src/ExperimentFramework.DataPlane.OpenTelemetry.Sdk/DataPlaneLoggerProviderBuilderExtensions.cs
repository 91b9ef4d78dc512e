using ExperimentFramework.DataPlane.OpenTelemetry;

namespace OpenTelemetry.Logs;

/// <summary>Extension methods that prepare the OpenTelemetry SDK for the events of the data plane.</summary>
public static class DataPlaneLoggerProviderBuilderExtensions
{
    /// <summary>
    /// Adds a processor that gives the records of events the time, trace id and span id of their event. Add it before exporters: processors run in the order in which they are added.
    /// </summary>
    /// <param name="builder">The builder of the SDK's logger provider.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static LoggerProviderBuilder AddDataPlaneProcessor(this LoggerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddProcessor(new EventContextProcessor());
    }

    /// <summary>
    /// Adds a processor that gives the records of events the time, trace id and span id of their event. Add it before exporters: processors run in the order in which they are added.
    /// </summary>
    /// <param name="options">The options of <c>AddOpenTelemetry</c>.</param>
    /// <returns><paramref name="options"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public static OpenTelemetryLoggerOptions AddDataPlaneProcessor(this OpenTelemetryLoggerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.AddProcessor(new EventContextProcessor());
    }
}
