namespace ExperimentFramework.DataPlane;

/// <summary>
/// Provides the key of pseudonyms, for example from a key vault. Register it as a singleton; it takes precedence over
/// <see cref="PiiRedactionOptions.PseudonymKey"/>.
/// </summary>
public interface IPseudonymKeyProvider
{
    /// <summary>
    /// Gets the current key. Called for each event that contains a value to pseudonymize, so it must return at once from memory: the same
    /// instance until the key is rotated, then another one. Startup waits for the first call. If a later call throws,
    /// the last key stays in use.
    /// </summary>
    /// <returns>The current key.</returns>
    PseudonymKey GetKey();
}
