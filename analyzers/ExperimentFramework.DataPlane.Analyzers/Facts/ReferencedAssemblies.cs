using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>
/// Finds out what referenced assemblies may do that the compilation does not do itself. An assembly that uses a type names it, so an assembly that does
/// not name it is ruled out.
/// </summary>
internal static class ReferencedAssemblies
{
    /// <summary>
    /// Returns whether a referenced assembly names a type. The data plane's own assemblies are excluded, because they act only on calls that the compilation
    /// makes.
    /// </summary>
    /// <param name="compilation">The compilation with the references.</param>
    /// <param name="fullName">Namespace and metadata name of the type.</param>
    /// <returns>False if no such assembly can use the type.</returns>
    public static bool MayUse(Compilation compilation, string fullName)
    {
        if (compilation.GetTypeByMetadataName(fullName) is not { } type)
        {
            return false;
        }

        foreach (var reference in compilation.References)
        {
            if (compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly
                && !IsOwn(assembly)
                && RefersTo(assembly, type.ContainingAssembly)
                && (reference is CompilationReference source ? Mentions(source.Compilation, type) : Mentions(assembly, type)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOwn(IAssemblySymbol assembly) =>
        assembly.Name == WellKnownNames.Namespace || assembly.Name.StartsWith(WellKnownNames.Namespace + ".", StringComparison.Ordinal);

    private static bool RefersTo(IAssemblySymbol assembly, IAssemblySymbol target) =>
        assembly.Modules.Any(module => module.ReferencedAssemblies.Any(identity => identity.Name == target.Name));

    private static bool Mentions(Compilation source, INamedTypeSymbol type) => source.SyntaxTrees.Any(tree =>
        tree.GetRoot().DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken)
            && (token.ValueText == type.Name || (type.IsStatic && type.MemberNames.Contains(token.ValueText)))));

    private static bool Mentions(IAssemblySymbol assembly, INamedTypeSymbol type)
    {
        if (assembly.GetMetadata() is not { } metadata)
        {
            return true;
        }

        foreach (var module in metadata.GetModules())
        {
            var reader = module.GetMetadataReader();
            foreach (var handle in reader.TypeReferences)
            {
                var reference = reader.GetTypeReference(handle);
                if (reader.StringComparer.Equals(reference.Name, type.MetadataName)
                    && reader.StringComparer.Equals(reference.Namespace, type.ContainingNamespace.ToDisplayString()))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
