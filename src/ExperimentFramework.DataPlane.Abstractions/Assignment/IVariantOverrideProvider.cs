namespace ExperimentFramework.DataPlane;

/// <summary>
/// Names variants for the current call whoever its subject is, for testers. Registered as a singleton; several may be, and the first that
/// names a variant counts. Goes before every other override, and like them is never written to a store.
/// </summary>
public interface IVariantOverrideProvider
{
    /// <summary>Names the variant of the current call. Asked at each decision, from many threads at once; must not wait.</summary>
    /// <param name="experimentName">The experiment's name.</param>
    /// <returns>The variant's key, compared without regard to case; null to leave the decision to the experiment.</returns>
    string? FindVariant(string experimentName);
}
