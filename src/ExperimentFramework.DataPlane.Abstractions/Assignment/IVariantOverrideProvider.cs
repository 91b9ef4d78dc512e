namespace ExperimentFramework.DataPlane;

/// <summary>
/// Forces a variant for the current call, whoever its subject is, for testers. Register it as a singleton. If there are several, the first that
/// returns a variant wins. It takes precedence over all other overrides and, like them, is never written to a store.
/// </summary>
public interface IVariantOverrideProvider
{
    /// <summary>Returns the variant of the current call. Called at each decision, from many threads concurrently; must not block.</summary>
    /// <param name="experimentName">The experiment's name.</param>
    /// <returns>The variant's key, compared as that of a <see cref="VariantSelection"/>; null to leave the decision to the experiment.</returns>
    string? FindVariant(string experimentName);
}
