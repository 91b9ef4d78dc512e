namespace ExperimentFramework.DataPlane;

/// <summary>
/// Which personal data leaves the pipeline, and as what. Applied once per event before the first destination; selection, stickiness, sampling and
/// repeat detection work on the real ids. Read at start-up only.
/// </summary>
public sealed class PiiRedactionOptions
{
    /// <summary>How subject ids leave. Default: <see cref="RedactionMode.None"/>. <see cref="RedactionMode.Pseudonym"/> keeps subjects joinable.</summary>
    public RedactionMode SubjectId { get; set; }

    /// <summary>How tenant ids leave. Default: <see cref="RedactionMode.None"/>.</summary>
    public RedactionMode TenantId { get; set; }

    /// <summary>
    /// How attributes leave that are declared personal: by <see cref="ExposureAttributeAttribute.Personal"/> or by a data classification of
    /// Microsoft.Extensions.Compliance. Default: <see cref="RedactionMode.Placeholder"/>.
    /// </summary>
    public RedactionMode PersonalAttributes { get; set; } = RedactionMode.Placeholder;

    /// <summary>
    /// How single fields leave, by name without regard to case: attributes, data of analysis signals and metadata at any depth, and the fields
    /// <c>subjectId</c>, <c>tenantId</c>, <c>rulePath</c>, <c>correlationId</c> and <c>message</c>. Goes before
    /// <see cref="PersonalAttributes"/>. Default: empty.
    /// </summary>
    public IDictionary<string, RedactionMode> Fields { get; } = new Dictionary<string, RedactionMode>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of fields that leave as <see cref="Placeholder"/>; short for <see cref="Fields"/>. Default: empty.</summary>
    public IList<string> RedactFields { get; } = [];

    /// <summary>What stands for a value under <see cref="RedactionMode.Placeholder"/>: not empty. Default: <c>[redacted]</c>.</summary>
    public string Placeholder { get; set; } = "[redacted]";

    /// <summary>
    /// The key of pseudonyms in Base64, at least 32 random bytes; needed for <see cref="RedactionMode.Pseudonym"/> where no
    /// <see cref="IPseudonymKeyProvider"/> is registered. Default: null.
    /// </summary>
    public string? PseudonymKey { get; set; }

    /// <summary>The id under which events name <see cref="PseudonymKey"/>, for rotation. Default: <c>1</c>.</summary>
    public string PseudonymKeyId { get; set; } = "1";
}
