using System.Buffers;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>Recognizes the ids of W3C Trace Context (https://www.w3.org/TR/trace-context/#traceparent-header-field-values): lower-case hexadecimal digits, not all zero.</summary>
internal static class TraceContext
{
    private const int TraceIdLength = 32;
    private const int SpanIdLength = 16;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static bool IsTraceId(string? text) => IsId(text, TraceIdLength);

    /// <summary>Whether the text is a span id of the envelope's trace: without a trace, a span id is meaningless.</summary>
    public static bool IsSpanIdOf(DataPlaneEnvelope envelope, string? text) => IsId(text, SpanIdLength) && IsTraceId(envelope.CorrelationId);

    private static bool IsId(string? text, int length) =>
        text is not null && text.Length == length && !text.AsSpan().ContainsAnyExcept(Digits) && text.AsSpan().ContainsAnyExcept('0');
}
