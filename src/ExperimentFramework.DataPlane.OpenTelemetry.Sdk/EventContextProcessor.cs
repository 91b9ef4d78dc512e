using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// Gives the records of events the time, trace and span of their event. Without it, they have those from when the pipeline's worker logs them. Other
/// records are left alone.
/// </summary>
internal sealed class EventContextProcessor : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord data)
    {
        if (data.CategoryName != OpenTelemetryDataBackplane.CategoryName || EnvelopeOf(data) is not { } envelope)
        {
            return;
        }

        data.Timestamp = envelope.Timestamp.UtcDateTime;
        var isTraced = TraceContext.IsTraceId(envelope.CorrelationId);
        data.TraceId = isTraced ? ActivityTraceId.CreateFromString(envelope.CorrelationId) : default;
        data.SpanId = isTraced && TraceContext.IsSpanIdOf(envelope, envelope.SpanId) ? ActivitySpanId.CreateFromString(envelope.SpanId) : default;
        data.TraceFlags = ActivityTraceFlags.None;
    }

    private static DataPlaneEnvelope? EnvelopeOf(LogRecord data) => data.Attributes is EventLogState state ? state.Envelope : null;
}
