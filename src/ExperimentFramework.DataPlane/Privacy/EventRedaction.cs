using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The only way out of the process: every event passes through here once, before the first destination. Personal data is redacted, and values are converted
/// to the types that events can carry, so that destinations see no others.
/// </summary>
internal sealed partial class EventRedaction : IDisposable
{
    private readonly RedactionRules _rules;
    private readonly ValueRedactor _redactor;
    private readonly ReplacedValues _replaced;
    private readonly FaultLatch _unreadableFault;
    private readonly NonThrowingLogger _logger;

    public EventRedaction(
        IOptions<DataPlaneOptions> options,
        IEnumerable<PersonalAttributes> personal,
        ReplacedValues replaced,
        TimeProvider time,
        ILoggerFactory loggers,
        IPseudonymKeyProvider? keys = null,
        IExposureRedactor? redactor = null)
    {
        time = NonThrowingTimeProvider.Of(time);
        var redaction = options.Value.PiiRedaction;
        _rules = new RedactionRules(redaction, personal, options.Value.MaxAttributeLength);
        _replaced = replaced;
        _unreadableFault = new FaultLatch(time);

        // A redactor's exception may quote the value that it was given.
        Exceptions = new ExceptionSanitizer(_rules.Modes.Any(mode => mode != RedactionMode.None));
        _logger = new NonThrowingLogger(loggers.CreateLogger(DataPlaneLogCategories.Privacy), Exceptions);
        _redactor = new ValueRedactor(redaction, [.. _rules.Modes], keys, redactor, time, _logger);
    }

    /// <summary>Decides how much of an exception may be shown.</summary>
    public ExceptionSanitizer Exceptions { get; }

    /// <summary>How subject ids leave the process.</summary>
    public RedactionMode SubjectIdMode => _rules.SubjectId;

    /// <summary>A sentence for operators about a problem of the application's redactor or key provider; null if there is none.</summary>
    public string? DegradedReason => _redactor.DegradedReason;

    /// <summary>Redacts the event.</summary>
    /// <param name="envelope">The event; on return the redacted event, which is the same object if nothing had to be changed.</param>
    /// <returns>False if the event cannot be read because a dictionary of the application throws; it must then not leave the process.</returns>
    public bool TryApply(ref DataPlaneEnvelope envelope)
    {
        try
        {
            envelope = Apply(envelope);
            return true;
        }
        catch (Exception exception)
        {
            if (_unreadableFault.Trip())
            {
                LogUnreadable(envelope.Payload.ExperimentName, exception);
            }

            return false;
        }
    }

    public void Dispose() => _redactor.Dispose();

    private DataPlaneEnvelope Apply(DataPlaneEnvelope envelope)
    {
        if (envelope.Payload is AccountingEvent)
        {
            // Names of experiments and variants, and numbers. No code of the application runs for it, so the end can wait for it.
            return envelope;
        }

        var pseudonyms = _redactor.CurrentPseudonyms();
        DataPlaneEvent payload = envelope.Payload switch
        {
            ExposureEvent exposure => Exposure(exposure, pseudonyms),
            AssignmentEvent assignment => Assignment(assignment, pseudonyms),
            OutcomeEvent outcome => Outcome(outcome, pseudonyms),
            MetricEvent metric => Metric(metric, pseudonyms),
            AnalysisSignalEvent signal => Signal(signal, pseudonyms),
            ErrorEvent error => Error(error, pseudonyms),
            var other => throw new NotSupportedException($"Events of type {other.GetType().Name} cannot be redacted."),
        };
        var metadata = Metadata(envelope.Metadata, pseudonyms);
        var correlationId = Text(_rules.CorrelationId, "correlationId", null, envelope.CorrelationId, pseudonyms);
        var spanId = Text(_rules.SpanId, "spanId", null, envelope.SpanId, pseudonyms);
        return ReferenceEquals(payload, envelope.Payload) && ReferenceEquals(metadata, envelope.Metadata)
            && ReferenceEquals(correlationId, envelope.CorrelationId) && ReferenceEquals(spanId, envelope.SpanId)
            ? envelope
            : envelope with { Payload = payload, Metadata = metadata, CorrelationId = correlationId, SpanId = spanId };
    }

    private ExposureEvent Exposure(ExposureEvent exposure, Pseudonyms? pseudonyms)
    {
        var attributes = exposure.Attributes is { } values ? Values(exposure.ExperimentName, values, pseudonyms) : null;
        return _rules.RedactsIds || !ReferenceEquals(attributes, exposure.Attributes)
            ? exposure with
            {
                SubjectId = SubjectId(exposure.SubjectId, pseudonyms),
                TenantId = TenantId(exposure.TenantId, pseudonyms),
                RulePath = Text(_rules.RulePath, "rulePath", null, exposure.RulePath, pseudonyms),
                Attributes = attributes,
            }
            : exposure;
    }

    private AssignmentEvent Assignment(AssignmentEvent assignment, Pseudonyms? pseudonyms) => _rules.RedactsIds
        ? assignment with { SubjectId = SubjectId(assignment.SubjectId, pseudonyms), TenantId = TenantId(assignment.TenantId, pseudonyms) }
        : assignment;

    private OutcomeEvent Outcome(OutcomeEvent outcome, Pseudonyms? pseudonyms) => _rules.RedactsIds
        ? outcome with { SubjectId = SubjectId(outcome.SubjectId, pseudonyms), TenantId = TenantId(outcome.TenantId, pseudonyms) }
        : outcome;

    private MetricEvent Metric(MetricEvent metric, Pseudonyms? pseudonyms)
    {
        var attributes = metric.Attributes is { } values ? Values(metric.ExperimentName, values, pseudonyms) : null;
        return _rules.RedactsIds || !ReferenceEquals(attributes, metric.Attributes)
            ? metric with
            {
                SubjectId = SubjectId(metric.SubjectId, pseudonyms),
                TenantId = TenantId(metric.TenantId, pseudonyms),
                IdempotencyKey = IdempotencyKey(metric.IdempotencyKey, pseudonyms),
                Attributes = attributes,
            }
            : metric;
    }

    private AnalysisSignalEvent Signal(AnalysisSignalEvent signal, Pseudonyms? pseudonyms)
    {
        var data = signal.Data is { } values ? Values(signal.ExperimentName, values, pseudonyms) : null;
        return _rules.Message != RedactionMode.None || !ReferenceEquals(data, signal.Data)
            ? signal with { Message = Message(signal.Message, pseudonyms), Data = data }
            : signal;
    }

    private ErrorEvent Error(ErrorEvent error, Pseudonyms? pseudonyms)
    {
        var data = error.Data is { } values ? Values(error.ExperimentName, values, pseudonyms) : null;
        return _rules.Message != RedactionMode.None || !ReferenceEquals(data, error.Data)
            ? error with { Message = Message(error.Message, pseudonyms), Data = data }
            : error;
    }

    private string? SubjectId(string? value, Pseudonyms? pseudonyms) =>
        Text(_rules.SubjectId, RedactionRules.SubjectIdField, "subject", value, pseudonyms);

    private string? TenantId(string? value, Pseudonyms? pseudonyms) =>
        Text(_rules.TenantId, RedactionRules.TenantIdField, "tenant", value, pseudonyms);

    /// <summary>Omits a key that was replaced by the placeholder: all metrics would have the same key, and readers would count them as one.</summary>
    private string? IdempotencyKey(string? value, Pseudonyms? pseudonyms) =>
        Text(_rules.IdempotencyKey, RedactionRules.IdempotencyKeyField, null, value, pseudonyms) is { } key && key != _redactor.Placeholder ? key : null;

    /// <summary>The message is required in every event that has one, so an omitted message is empty.</summary>
    private string Message(string value, Pseudonyms? pseudonyms) => Text(_rules.Message, "message", null, value, pseudonyms) ?? "";

    private string? Text(RedactionMode mode, string field, string? domain, string? value, Pseudonyms? pseudonyms) =>
        value is null || mode == RedactionMode.None ? value : _redactor.Redact(mode, field, domain, value, pseudonyms);

    private IReadOnlyDictionary<string, string>? Metadata(IReadOnlyDictionary<string, string>? metadata, Pseudonyms? pseudonyms)
    {
        if (metadata is null)
        {
            return pseudonyms?.Metadata;
        }

        if (pseudonyms is null && !metadata.Keys.Any(name => _rules.Of(name) != RedactionMode.None))
        {
            return metadata;
        }

        var redacted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in metadata)
        {
            if (Text(_rules.Of(name), name, null, value, pseudonyms) is { } text)
            {
                redacted[name] = text;
            }
        }

        if (pseudonyms is not null)
        {
            redacted[Pseudonyms.KeyIdName] = pseudonyms.Key.Id;
        }

        return redacted;
    }

    private IReadOnlyDictionary<string, object?> Values(string experimentName, IReadOnlyDictionary<string, object?> values, Pseudonyms? pseudonyms)
    {
        if (values is OwnData && AttributeConversion.Canonical(values) is IReadOnlyDictionary<string, object?> data)
        {
            return data;
        }

        var personal = _rules.PersonalOf(experimentName);
        if (values is Dictionary<string, object?> own && IsReady(own, personal))
        {
            return values;
        }

        object? canonical = AttributeConversion.Canonical(values);
        if (canonical is ReplacedValue replaced)
        {
            _replaced.Count(experimentName, replaced.Count);
            canonical = replaced.Value;
        }

        return canonical is Dictionary<string, object?> entries
            ? Redacted(entries, personal, pseudonyms)
            : throw new InvalidOperationException("The attributes cannot be enumerated.");
    }

    private bool IsReady(Dictionary<string, object?> values, FrozenSet<string>? personal)
    {
        foreach (var (name, value) in values)
        {
            if (!AttributeValues.IsScalar(value) || _rules.Of(name, personal) != RedactionMode.None)
            {
                return false;
            }
        }

        return true;
    }

    private Dictionary<string, object?> Redacted(Dictionary<string, object?> values, FrozenSet<string>? personal, Pseudonyms? pseudonyms)
    {
        var redacted = new Dictionary<string, object?>(values.Count, StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            switch (_rules.Of(name, personal), value)
            {
                case (RedactionMode.None, Dictionary<string, object?> nested):
                    redacted[name] = Redacted(nested, personal, pseudonyms);
                    break;
                case (RedactionMode.Omit, _):
                    break;
                case (RedactionMode.None, _) or (_, null):
                    redacted[name] = value;
                    break;
                case (var mode, _):
                    if (Whole(mode, name, value, pseudonyms) is { } text)
                    {
                        redacted[name] = text;
                    }

                    break;
            }
        }

        return redacted;
    }

    /// <summary>Redacts a value as a whole: each item of an array, each key and value of a dictionary, unless the placeholder replaces all of it.</summary>
    private object? Whole(RedactionMode mode, string name, object value, Pseudonyms? pseudonyms)
    {
        switch (value)
        {
            case Dictionary<string, object?> nested when mode != RedactionMode.Placeholder:
                var parts = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var (key, part) in nested)
                {
                    // Keys may be as personal as values: a dictionary may be keyed by address.
                    if (Scalar(key) is { } redactedKey)
                    {
                        parts[redactedKey] = part is null ? null : Whole(mode, name, part, pseudonyms);
                    }
                }

                return parts;
            case Array array when mode != RedactionMode.Placeholder:
                return array.Cast<object?>().Select(item => item is null ? null : Scalar(item)).ToArray();
            case Dictionary<string, object?> or Array:
                return _redactor.Redact(mode, name, null, "", pseudonyms);
            default:
                return Scalar(value);
        }

        string? Scalar(object scalar) => _redactor.Redact(mode, name, null, AttributeValues.Text(scalar), pseudonyms);
    }

    [LoggerMessage(62, LogLevel.Error, "An event of experiment {Experiment} was dropped, because its attributes or metadata could not be read.", EventName = "EventUnreadable")]
    private partial void LogUnreadable(string experiment, Exception exception);
}
