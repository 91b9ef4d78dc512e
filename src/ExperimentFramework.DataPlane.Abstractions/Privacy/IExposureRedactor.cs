namespace ExperimentFramework.DataPlane;

/// <summary>
/// Redacts fields whose mode is <see cref="RedactionMode.Custom"/>. Register it as a singleton; it is called from several threads, once per field
/// and event.
/// </summary>
public interface IExposureRedactor
{
    /// <summary>Returns the text that replaces a value. If the method throws, the placeholder is used.</summary>
    /// <param name="field"><c>subjectId</c>, <c>tenantId</c>, or the name of the attribute, metadata entry or field.</param>
    /// <param name="value">The value as culture-invariant text.</param>
    /// <returns>The text for the event; null to omit the field.</returns>
    string? Redact(string field, string value);
}
