namespace ExperimentFramework.DataPlane;

/// <summary>
/// Specifies which personal data leaves the process, and in which form. Applied once per event, before the first destination; selection, stickiness,
/// sampling and deduplication use the original ids. Read once, at startup.
/// </summary>
public sealed class PiiRedactionOptions
{
    /// <summary>How subject ids are redacted. Default: <see cref="RedactionMode.None"/>. <see cref="RedactionMode.Pseudonym"/> keeps subjects joinable.</summary>
    public RedactionMode SubjectId { get; set; }

    /// <summary>How tenant ids are redacted. Default: <see cref="RedactionMode.None"/>.</summary>
    public RedactionMode TenantId { get; set; }

    /// <summary>
    /// How attributes are redacted that are declared personal: by <see cref="ExposureAttributeAttribute.Personal"/> or by a data classification of
    /// Microsoft.Extensions.Compliance. Default: <see cref="RedactionMode.Placeholder"/>.
    /// </summary>
    public RedactionMode PersonalAttributes { get; set; } = RedactionMode.Placeholder;

    /// <summary>
    /// How individual fields are redacted, by name (case-insensitive): attributes, data of analysis signals and metadata at any depth, and the fields
    /// <c>subjectId</c>, <c>tenantId</c>, <c>rulePath</c>, <c>correlationId</c>, <c>spanId</c>, <c>message</c> and <c>idempotencyKey</c>. Takes precedence
    /// over <see cref="PersonalAttributes"/>. Default: empty.
    /// </summary>
    public IDictionary<string, RedactionMode> Fields { get; } = new Dictionary<string, RedactionMode>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of fields to replace with <see cref="Placeholder"/>; a shorthand for <see cref="Fields"/>. Default: empty.</summary>
    public IList<string> RedactFields { get; } = [];

    /// <summary>The text that replaces a value under <see cref="RedactionMode.Placeholder"/>; must not be empty. Default: <c>[redacted]</c>.</summary>
    public string Placeholder { get; set; } = "[redacted]";

    /// <summary>
    /// The key of pseudonyms in Base64, at least 32 random bytes; required for <see cref="RedactionMode.Pseudonym"/> if no
    /// <see cref="IPseudonymKeyProvider"/> is registered. Default: null.
    /// </summary>
    public string? PseudonymKey { get; set; }

    /// <summary>The id of <see cref="PseudonymKey"/> that events carry, so that keys can be rotated. Default: <c>1</c>.</summary>
    public string PseudonymKeyId { get; set; } = "1";
}
