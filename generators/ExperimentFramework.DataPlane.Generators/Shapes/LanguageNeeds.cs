using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Determines the C# version that a proxy requires.</summary>
internal static class LanguageNeeds
{
    /// <summary>The lowest version with the features that every proxy needs, such as module initializers.</summary>
    public const LanguageVersion Lowest = LanguageVersion.CSharp9;

    /// <summary>Returns whether the project cannot contain any proxy.</summary>
    /// <param name="compilation">The project.</param>
    /// <returns>True if its language version is below <see cref="Lowest"/>.</returns>
    public static bool IsBelowLowest(Compilation compilation) => VersionOf(compilation) < Lowest;

    /// <summary>Returns the required and the actual version with the remedy, as the end of a sentence.</summary>
    /// <param name="needed">The lowest sufficient version.</param>
    /// <param name="compilation">The project.</param>
    /// <returns>The text.</returns>
    public static string Describe(LanguageVersion needed, Compilation compilation) =>
        $"requires C# {needed.ToDisplayString()} or later, but this project uses C# {VersionOf(compilation).ToDisplayString()}: raise LangVersion, or remove it from the project";

    /// <summary>
    /// Returns the version that a member's declaration requires; null if the project's is sufficient. A base interface of another assembly may use features
    /// that the project's own code cannot.
    /// </summary>
    internal static LanguageVersion? MissingFor(ISymbol slot, Compilation compilation)
    {
        var version = VersionOf(compilation);
        if (version >= LanguageVersion.CSharp13)
        {
            return null;
        }

        var needed = Lowest;
        foreach (var parameter in SignatureTypes.Parameters(slot))
        {
            needed = Later(needed, Of(parameter));
        }

        return Above(version, SignatureTypes.TypeParameters(slot).Aggregate(needed, (current, parameter) => Later(current, Of(parameter))));
    }

    /// <summary>Returns the version that the type parameters of an interface require; null if the project's is sufficient.</summary>
    internal static LanguageVersion? MissingFor(INamedTypeSymbol definition, Compilation compilation) =>
        Above(VersionOf(compilation), ProxyName.TypeParameters(definition).Aggregate(Lowest, (current, parameter) => Later(current, Of(parameter))));

    /// <summary>Returns the version that implementing abstract or virtual static interface members requires; null if the project's is sufficient.</summary>
    internal static LanguageVersion? MissingForStatic(Compilation compilation) => Above(VersionOf(compilation), LanguageVersion.CSharp11);

    private static LanguageVersion Of(IParameterSymbol parameter) => parameter switch
    {
        { IsParams: true, Type: not IArrayTypeSymbol } => LanguageVersion.CSharp13,
        { RefKind: RefKind.RefReadOnlyParameter } => LanguageVersion.CSharp12,
        { ScopedKind: not ScopedKind.None, RefKind: not RefKind.Out } => LanguageVersion.CSharp11,
        _ => Lowest,
    };

    private static LanguageVersion Of(ITypeParameterSymbol parameter) => parameter.AllowsRefLikeType ? LanguageVersion.CSharp13 : Lowest;

    private static LanguageVersion Later(LanguageVersion one, LanguageVersion other) => one > other ? one : other;

    private static LanguageVersion? Above(LanguageVersion version, LanguageVersion needed) => needed > version ? needed : null;

    private static LanguageVersion VersionOf(Compilation compilation) => (compilation as CSharpCompilation)?.LanguageVersion ?? Lowest;
}
