using System.Reflection.Metadata;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>
/// Finds out what referenced assemblies may do that the compilation does not do itself. An assembly that uses a type or calls a method names it, so an
/// assembly that does not name it is ruled out. The data plane's own assemblies are excluded, because they act only on calls that the compilation makes.
/// </summary>
internal static class ReferencedAssemblies
{
    /// <summary>Returns whether a referenced assembly names a type.</summary>
    /// <param name="compilation">The compilation with the references.</param>
    /// <param name="fullName">Namespace and metadata name of the type.</param>
    /// <returns>False if no such assembly can use the type.</returns>
    public static bool MayUse(Compilation compilation, string fullName) => compilation.GetTypesByMetadataName(fullName).Any(type => Any(
        compilation,
        assembly => assembly.Name == type.ContainingAssembly.Name,
        token => token == type.Name || (type.IsStatic && type.MemberNames.Contains(token)),
        metadata => Mentions(metadata, type)));

    /// <summary>Returns whether a referenced assembly names a method by which a package of the data plane registers something.</summary>
    /// <param name="compilation">The compilation with the references.</param>
    /// <param name="isMethod">Returns whether a method is meant, by its name.</param>
    /// <returns>False if no such assembly can call such a method.</returns>
    public static bool MayCall(Compilation compilation, Func<string, bool> isMethod) => Any(
        compilation,
        assembly => IsOwn(assembly.Name),
        isMethod,
        metadata => metadata.MemberReferences.Any(handle => isMethod(metadata.GetString(metadata.GetMemberReference(handle).Name))));

    /// <summary>Returns whether an assembly is one of the data plane's own.</summary>
    public static bool IsOwn(string assembly) =>
        assembly == WellKnownNames.Namespace || assembly.StartsWith(WellKnownNames.Namespace + ".", StringComparison.Ordinal);

    /// <summary>Returns whether an assembly with a suitable reference has a suitable name in its source, or else in its metadata.</summary>
    private static bool Any(Compilation compilation, Func<AssemblyIdentity, bool> isReference, Func<string, bool> isInSource, Func<MetadataReader, bool> isInMetadata)
    {
        foreach (var reference in compilation.References)
        {
            if (compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly
                && !IsOwn(assembly.Name)
                && assembly.Modules.Any(module => module.ReferencedAssemblies.Any(isReference))
                && (reference is CompilationReference source ? Mentions(source.Compilation, isInSource) : Mentions(assembly, isInMetadata)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns whether the source of a compilation names something.</summary>
    public static bool Mentions(Compilation source, Func<string, bool> isName) => source.SyntaxTrees.Any(tree =>
        tree.GetRoot().DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken) && isName(token.ValueText)));

    private static bool Mentions(IAssemblySymbol assembly, Func<MetadataReader, bool> isInMetadata) =>
        assembly.GetMetadata() is not { } metadata || metadata.GetModules().Any(module => isInMetadata(module.GetMetadataReader()));

    private static bool Mentions(MetadataReader metadata, INamedTypeSymbol type)
    {
        var space = type.ContainingNamespace.ToDisplayString();
        foreach (var handle in metadata.TypeReferences)
        {
            var reference = metadata.GetTypeReference(handle);
            if (metadata.StringComparer.Equals(reference.Name, type.MetadataName) && metadata.StringComparer.Equals(reference.Namespace, space))
            {
                return true;
            }
        }

        return false;
    }
}
