namespace ExperimentFramework.DataPlane;

/// <summary>
/// Redacts the fields under <see cref="RedactionMode.Custom"/>. Registered as a singleton; called from several threads, once per field
/// and event.
/// </summary>
public interface IExposureRedactor
{
    /// <summary>Gives what leaves the process in the place of a value. The placeholder stands in where it throws.</summary>
    /// <param name="field"><c>subjectId</c>, <c>tenantId</c>, or the name of the attribute, metadata entry or field.</param>
    /// <param name="value">The value as invariant text.</param>
    /// <returns>The text that goes into the event; null to leave the field out.</returns>
    string? Redact(string field, string value);
}
