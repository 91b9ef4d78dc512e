namespace ExperimentFramework.DataPlane;

/// <summary>
/// Gives the key of pseudonyms, from a vault say. Registered as a singleton, it goes before
/// <see cref="PiiRedactionOptions.PseudonymKey"/>.
/// </summary>
public interface IPseudonymKeyProvider
{
    /// <summary>
    /// The key in force. Asked for each event that has something to pseudonymise, so it answers at once from memory: the same
    /// instance while the key stays, another one when it is rotated. The first answer is waited for at start-up; where a later call throws,
    /// the last key stays in force.
    /// </summary>
    /// <returns>The key.</returns>
    PseudonymKey GetKey();
}
