namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// Writes events as an <c>ExportLogsServiceRequest</c> of opentelemetry-proto (<c>collector/logs/v1/logs_service.proto</c> and <c>logs/v1/logs.proto</c>, version
/// 1.0 and later): one resource and one scope, with a log record for each event.
/// </summary>
internal sealed class OtlpRequest : IDisposable
{
    /// <summary>A request that has reached this size takes no further event: collectors accept 20 MiB by default.</summary>
    private const int MaxBytes = 16 << 20;

    private const int ResourceLogs = 1;
    private const int ScopeLogs = 2;
    private const int Scope = 1;
    private const int ScopeName = 1;
    private const int ScopeVersion = 2;
    private const int LogRecords = 2;

    /// <summary>The fields of <c>LogRecord</c>.</summary>
    private const int Time = 1;
    private const int SeverityNumber = 2;
    private const int SeverityText = 3;
    private const int Body = 5;
    private const int Attributes = 6;
    private const int TraceId = 9;
    private const int SpanId = 10;
    private const int ObservedTime = 11;
    private const int EventName = 12;

    private const ulong NanosecondsPerTick = 100;

    private static readonly DateTimeOffset LastTime = DateTimeOffset.UnixEpoch.AddTicks((long)(ulong.MaxValue / NanosecondsPerTick));

    private readonly ProtobufWriter _writer = new();
    private readonly EventAttributes _attributes;
    private readonly byte[] _resource;

    /// <param name="attributes">The attributes of events.</param>
    /// <param name="resource">The encoded resource; see <see cref="ResourceOf"/>.</param>
    public OtlpRequest(EventAttributes attributes, byte[] resource)
    {
        _attributes = attributes;
        _resource = resource;
    }

    public ReadOnlyMemory<byte> Written => _writer.Written;

    /// <summary>The number of events in the request.</summary>
    public int Count { get; private set; }

    /// <summary>Encodes the field <c>resource</c> of <c>ResourceLogs</c>.</summary>
    public static byte[] ResourceOf(IEnumerable<KeyValuePair<string, string>> attributes)
    {
        using var writer = new ProtobufWriter();
        var resource = writer.Begin(1);
        var visitor = new LogRecordAttributes(writer, field: 1);
        foreach (var (name, value) in attributes)
        {
            visitor.Text(new AttributeName(name), value);
        }

        writer.End(resource);
        return writer.Written.ToArray();
    }

    /// <summary>Writes a request with events of a batch, as many as fit.</summary>
    /// <param name="envelopes">The batch.</param>
    /// <param name="start">The first event.</param>
    /// <param name="end">The end of the events.</param>
    /// <param name="observedTime">When the events were observed by this destination.</param>
    /// <param name="reject">Called with the index of an event that cannot be written, and why. The request does not contain it.</param>
    /// <returns>The end of the events that were written or rejected.</returns>
    public int Write(IReadOnlyList<DataPlaneEnvelope> envelopes, int start, int end, DateTimeOffset observedTime, Action<int, EventRejectedException> reject)
    {
        _writer.Clear();
        Count = 0;
        var resourceLogs = _writer.Begin(ResourceLogs);
        _writer.Raw(_resource);
        var scopeLogs = _writer.Begin(ScopeLogs);
        var scope = _writer.Begin(Scope);
        _writer.Text(ScopeName, InstrumentationScope.Name);
        _writer.Text(ScopeVersion, InstrumentationScope.Version);
        _writer.End(scope);
        var index = start;
        for (; index < end && _writer.Length < MaxBytes; index++)
        {
            var position = _writer.Length;
            try
            {
                Write(envelopes[index], observedTime);
                Count++;
            }
            catch (Exception exception)
            {
                _writer.Length = position;
                reject(index, exception as EventRejectedException
                    ?? SafeText.Own(new EventRejectedException("The event cannot be written as a log record: its values cannot be read, or are too large.", exception)));
            }
        }

        _writer.End(scopeLogs);
        _writer.End(resourceLogs);
        return index;
    }

    public void Dispose() => _writer.Dispose();

    private void Write(DataPlaneEnvelope envelope, DateTimeOffset observedTime)
    {
        var record = _writer.Begin(LogRecords);
        var severity = EventSeverity.Of(envelope.Payload);
        _writer.Fixed64(Time, Nanoseconds(envelope.Timestamp));
        _writer.Fixed64(ObservedTime, Nanoseconds(observedTime));
        _writer.Varint(SeverityNumber, (ulong)severity.Number);
        _writer.Bytes(SeverityText, severity.Text.Utf8);
        _writer.Bytes(EventName, EventNames.Of(envelope.Payload).Utf8);
        var attributes = new LogRecordAttributes(_writer, Attributes);
        if (EventAttributes.BodyOf(envelope.Payload) is { } body)
        {
            attributes.AnyValue(Body, body);
        }

        if (TraceContext.IsTraceId(envelope.CorrelationId))
        {
            _writer.Hexadecimal(TraceId, envelope.CorrelationId!);
            if (TraceContext.IsSpanIdOf(envelope, envelope.SpanId))
            {
                _writer.Hexadecimal(SpanId, envelope.SpanId!);
            }
        }

        _attributes.Visit(envelope, ref attributes);
        _writer.End(record);
    }

    private static ulong Nanoseconds(DateTimeOffset time) => time >= DateTimeOffset.UnixEpoch && time <= LastTime
        ? (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick
        : throw SafeText.Own(new EventRejectedException("The time of the event is before 1970 or after 2554, for which OTLP has no number."));
}
