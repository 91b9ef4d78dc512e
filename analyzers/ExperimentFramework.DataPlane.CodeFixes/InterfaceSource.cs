using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>Finds the source of an interface in any project of the solution.</summary>
internal static class InterfaceSource
{
    /// <summary>Returns the interface as a symbol of its own project; null if it is not in source.</summary>
    public static async Task<INamedTypeSymbol?> DefinitionAsync(ITypeSymbol? type, Solution solution, CancellationToken cancellationToken) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Interface } named
        && await SymbolFinder.FindSourceDefinitionAsync(named.OriginalDefinition, solution, cancellationToken).ConfigureAwait(false) is INamedTypeSymbol { DeclaringSyntaxReferences.IsEmpty: false } source
            ? source
            : null;

    /// <summary>Returns the attribute of an interface; null if it is not in source.</summary>
    public static async Task<AttributeSyntax?> TagAsync(ITypeSymbol? type, Solution solution, CancellationToken cancellationToken)
    {
        var definition = await DefinitionAsync(type, solution, cancellationToken).ConfigureAwait(false);
        var tag = definition?.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == "ExposureLoggedAttribute");
        return tag?.ApplicationSyntaxReference is { } reference
            ? await reference.GetSyntaxAsync(cancellationToken).ConfigureAwait(false) as AttributeSyntax
            : null;
    }
}
