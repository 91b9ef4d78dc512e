using System.Reflection;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>
/// Assemblies with a copy of every type that the analyzers know by its name. Code never means the copies, but <c>Compilation.GetTypeByMetadataName</c> finds
/// two types and returns none.
/// </summary>
internal static class CopiedTypes
{
    /// <summary>An assembly whose copies are internal, as those of a merged or source-shared library are.</summary>
    public static MetadataReference Internal { get; } = AnalyzerVerifier.Library(Source("internal"), name: "InternalCopies");

    /// <summary>An assembly whose copies are public, but that is referenced only under an extern alias, as an older version is.</summary>
    public static MetadataReference UnderAlias { get; } = AnalyzerVerifier.Library(Source("public"), name: "PublicCopies").WithAliases(["copies"]);

    private static string Source(string accessibility) => string.Concat(new[] { typeof(KnownNames), typeof(WellKnownNames) }
        .SelectMany(names => names.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Select(field => field.GetRawConstantValue() as string)
        .Where(name => name is not (null or WellKnownNames.Namespace or WellKnownNames.RuntimeNamespace) && name.StartsWith(WellKnownNames.Namespace + ".", StringComparison.Ordinal))
        .Append(WellKnownNames.Namespace + ".ExposureSemantics")
        .Distinct(StringComparer.Ordinal)
        .Select(name => Declaration(name!, accessibility)));

    private static string Declaration(string fullName, string accessibility)
    {
        var end = fullName.LastIndexOf('.');
        var name = fullName[(end + 1)..];
        return $"namespace {fullName[..end]} {{ {accessibility} class {name.Replace("`1", "<T>", StringComparison.Ordinal)} {(name.EndsWith("Attribute", StringComparison.Ordinal) ? ": System.Attribute " : "")}{{ }} }}\n";
    }
}
