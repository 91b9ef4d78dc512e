using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds out whether something may serve variants that the selector never selects.</summary>
internal static class VariantOverrides
{
    private const string Provider = "IVariantOverrideProvider";
    private const string Registration = "AddHttpVariantOverrides";

    /// <summary>Returns whether the application may register a provider of overrides, which applies to all its experiments.</summary>
    public static bool MayBeProvided(Compilation compilation) =>
        !Application.Is(compilation)
        || ReferencedAssemblies.Mentions(compilation, name => name is Provider or Registration)
        || ReferencedAssemblies.MayUse(compilation, KnownNames.OverrideProvider)
        || ReferencedAssemblies.MayCall(compilation, name => name == Registration);
}
