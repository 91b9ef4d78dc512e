using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>The versions of C# that a proxy is written in.</summary>
public static class LanguageNeeds
{
    /// <summary>The lowest version that has what every proxy needs, module initializers among it.</summary>
    public const LanguageVersion Lowest = LanguageVersion.CSharp9;

    /// <summary>Whether no proxy can be written in the project.</summary>
    /// <param name="compilation">The project.</param>
    /// <returns>True where its language version is below <see cref="Lowest"/>.</returns>
    public static bool IsBelowLowest(Compilation compilation) => VersionOf(compilation) < Lowest;

    /// <summary>That a version is needed and another one set, as the end of a sentence with its remedy.</summary>
    /// <param name="needed">The lowest version that is enough.</param>
    /// <param name="compilation">The project.</param>
    /// <returns>The text.</returns>
    public static string Describe(LanguageVersion needed, Compilation compilation) =>
        $"needs C# {needed.ToDisplayString()} or later, and this project uses C# {VersionOf(compilation).ToDisplayString()}: raise LangVersion, or remove it from the project";

    /// <summary>The version that a member's declaration needs; null where the project's is enough. A base interface of another assembly may use what the project's own code cannot.</summary>
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

    /// <summary>The version that the type parameters of an interface need; null where the project's is enough.</summary>
    internal static LanguageVersion? MissingFor(INamedTypeSymbol definition, Compilation compilation) =>
        Above(VersionOf(compilation), ProxyName.TypeParameters(definition).Aggregate(Lowest, (current, parameter) => Later(current, Of(parameter))));

    /// <summary>The version that a class needs whose interface has static members that are abstract or virtual; null where the project's is enough.</summary>
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
