using System.Collections.Frozen;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Decides how each field is redacted: by the field's own rule, or else by the rule for personal attributes if the attribute is declared personal. Names of
/// fields, attributes and experiments are always compared ignoring case, wherever an event comes from.
/// </summary>
internal sealed class RedactionRules
{
    /// <summary>The name of the subject id field in rules.</summary>
    public const string SubjectIdField = "subjectId";

    /// <summary>The name of the tenant id field in rules.</summary>
    public const string TenantIdField = "tenantId";

    /// <summary>The name of the field for the key of a metric in rules.</summary>
    public const string IdempotencyKeyField = "idempotencyKey";

    private static readonly StringComparer NameComparer = StringComparer.OrdinalIgnoreCase;

    private readonly FrozenDictionary<string, RedactionMode> _fields;
    private readonly FrozenDictionary<string, FrozenSet<string>> _personal;
    private readonly FrozenSet<string> _personalAnywhere;
    private readonly RedactionMode _personalMode;

    /// <param name="options">The rules.</param>
    /// <param name="personal">The attributes that interfaces declare as personal; an experiment may have several interfaces.</param>
    /// <param name="maxNameLength">The length that names in dictionaries are truncated to: a rule also applies to its truncated name.</param>
    public RedactionRules(PiiRedactionOptions options, IEnumerable<PersonalAttributes> personal, int maxNameLength)
    {
        _fields = options.Fields
            .Concat(options.RedactFields.Select(name => KeyValuePair.Create(name, RedactionMode.Placeholder)))
            .SelectMany(rule => Spellings(rule.Key, rule.Value == RedactionMode.None ? int.MaxValue : maxNameLength).Select(name => KeyValuePair.Create(name, rule.Value)))
            .DistinctBy(rule => rule.Key, NameComparer)
            .ToFrozenDictionary(NameComparer);
        _personal = personal.GroupBy(declared => declared.ExperimentName, NameComparer).ToFrozenDictionary(
            experiment => experiment.Key,
            experiment => experiment.SelectMany(declared => declared.Names).SelectMany(name => Spellings(name, maxNameLength)).ToFrozenSet(NameComparer),
            NameComparer);
        _personalAnywhere = _personal.Values.SelectMany(names => names).ToFrozenSet(NameComparer);
        _personalMode = options.PersonalAttributes;
        SubjectId = options.SubjectId != RedactionMode.None ? options.SubjectId : Of(SubjectIdField);
        TenantId = options.TenantId != RedactionMode.None ? options.TenantId : Of(TenantIdField);
        RulePath = Of("rulePath");
        CorrelationId = Of("correlationId");
        SpanId = Of("spanId");
        Message = Of("message");
        IdempotencyKey = Of(IdempotencyKeyField);
    }

    public RedactionMode SubjectId { get; }

    public RedactionMode TenantId { get; }

    public RedactionMode RulePath { get; }

    public RedactionMode CorrelationId { get; }

    public RedactionMode SpanId { get; }

    public RedactionMode Message { get; }

    public RedactionMode IdempotencyKey { get; }

    /// <summary>Whether ids or individual fields are redacted, so that free text that may contain them must not leave the process.</summary>
    public bool RedactsIds => SubjectId != RedactionMode.None || TenantId != RedactionMode.None || _fields.Count > 0;

    /// <summary>All modes that are in use.</summary>
    public IEnumerable<RedactionMode> Modes =>
        [.. _fields.Values, SubjectId, TenantId, .. _personalAnywhere.Count > 0 ? new[] { _personalMode } : []];

    /// <summary>
    /// Returns the personal attributes of an experiment; null if there are none. In an experiment that no interface has, including that of
    /// events of all experiments, everything that any interface declares is personal, because nothing rules it out.
    /// </summary>
    public FrozenSet<string>? PersonalOf(string experimentName) =>
        _personalAnywhere.Count == 0 ? null : _personal.GetValueOrDefault(experimentName) ?? _personalAnywhere;

    /// <summary>Returns the redaction mode of a field.</summary>
    public RedactionMode Of(string field, FrozenSet<string>? personal = null) =>
        _fields.Count > 0 && _fields.TryGetValue(field, out var mode) ? mode
        : personal is not null && personal.Contains(field) ? _personalMode
        : RedactionMode.None;

    /// <summary>The forms in which a name can appear in an event: unchanged, and as it is after capture.</summary>
    private static IEnumerable<string> Spellings(string name, int maxLength) => [name, WellFormedText.Of(Truncation.Truncate(name, maxLength))];
}
