namespace ExperimentFramework.DataPlane;

/// <summary>What stands in an event in the place of a personal value.</summary>
public enum RedactionMode
{
    /// <summary>The value itself.</summary>
    None = 0,

    /// <summary><see cref="PiiRedactionOptions.Placeholder"/>: values can no longer be told apart, joined or counted.</summary>
    Placeholder = 1,

    /// <summary>
    /// A keyed HMAC-SHA-256 (RFC 2104, FIPS 180-4) of the value, as 32 lower-case hexadecimal digits (its first 128 bits): equal values have
    /// equal pseudonyms, so that subjects can still be joined, and without the key nobody can compute or undo one.
    /// </summary>
    Pseudonym = 2,

    /// <summary>Nothing: the field is left out.</summary>
    Omit = 3,

    /// <summary>What the registered <see cref="IExposureRedactor"/> makes of it.</summary>
    Custom = 4,
}
