using System.Collections.Frozen;

namespace ExperimentFramework.DataPlane;

/// <summary>Which field is redacted how: a field's own rule, else for a declared attribute the rule of personal ones.</summary>
internal sealed class RedactionRules
{
    /// <summary>The field of subject ids, as rules name it.</summary>
    public const string SubjectIdField = "subjectId";

    /// <summary>The field of tenant ids, as rules name it.</summary>
    public const string TenantIdField = "tenantId";

    private readonly FrozenDictionary<string, RedactionMode> _fields;
    private readonly FrozenDictionary<string, FrozenSet<string>> _personal;
    private readonly RedactionMode _personalMode;

    public RedactionRules(PiiRedactionOptions options, IEnumerable<PersonalAttributes> personal)
    {
        _fields = options.Fields
            .Concat(options.RedactFields.Select(name => KeyValuePair.Create(name, RedactionMode.Placeholder)))
            .DistinctBy(rule => rule.Key, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _personal = personal.ToFrozenDictionary(
            declared => declared.ExperimentName, declared => declared.Names.ToFrozenSet(StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal);
        _personalMode = options.PersonalAttributes;
        SubjectId = options.SubjectId != RedactionMode.None ? options.SubjectId : Of(SubjectIdField);
        TenantId = options.TenantId != RedactionMode.None ? options.TenantId : Of(TenantIdField);
        RulePath = Of("rulePath");
        CorrelationId = Of("correlationId");
        Message = Of("message");
    }

    public RedactionMode SubjectId { get; }

    public RedactionMode TenantId { get; }

    public RedactionMode RulePath { get; }

    public RedactionMode CorrelationId { get; }

    public RedactionMode Message { get; }

    /// <summary>Whether ids or named fields are redacted, so that texts nobody can look into must not leave.</summary>
    public bool RedactsIds => SubjectId != RedactionMode.None || TenantId != RedactionMode.None || _fields.Count > 0;

    /// <summary>Every mode that is in use somewhere.</summary>
    public IEnumerable<RedactionMode> Modes =>
        [.. _fields.Values, SubjectId, TenantId, .. _personal.Count > 0 ? new[] { _personalMode } : []];

    /// <summary>The declared attributes of an experiment; null where it has none.</summary>
    public FrozenSet<string>? PersonalOf(string experimentName) => _personal.Count == 0 ? null : _personal.GetValueOrDefault(experimentName);

    /// <summary>How a field is redacted.</summary>
    public RedactionMode Of(string field, FrozenSet<string>? personal = null) =>
        _fields.Count > 0 && _fields.TryGetValue(field, out var mode) ? mode
        : personal is not null && personal.Contains(field) ? _personalMode
        : RedactionMode.None;
}
