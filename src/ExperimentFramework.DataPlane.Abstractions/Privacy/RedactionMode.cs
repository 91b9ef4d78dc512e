namespace ExperimentFramework.DataPlane;

/// <summary>How a personal value is redacted.</summary>
public enum RedactionMode
{
    /// <summary>The value is left unchanged.</summary>
    None = 0,

    /// <summary>The value is replaced with <see cref="PiiRedactionOptions.Placeholder"/>: values can no longer be distinguished, joined or counted.</summary>
    Placeholder = 1,

    /// <summary>
    /// The value is replaced with its keyed HMAC-SHA-256 (RFC 2104, FIPS 180-4), as 32 lower-case hexadecimal digits (its first 128 bits): equal values have
    /// equal pseudonyms, so that subjects can still be joined, and without the key no one can compute or reverse a pseudonym.
    /// </summary>
    Pseudonym = 2,

    /// <summary>The field is omitted.</summary>
    Omit = 3,

    /// <summary>The value is replaced with the result of the registered <see cref="IExposureRedactor"/>.</summary>
    Custom = 4,
}
