using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;

namespace ExperimentFramework.DataPlane.CodeFixes;

/// <summary>Finds where an interface is written: in any document of the solution, also where a project beside this one has it.</summary>
internal static class InterfaceSource
{
    /// <summary>The interface as its own project sees it; null where it is not in source.</summary>
    public static async Task<INamedTypeSymbol?> DefinitionAsync(ITypeSymbol? type, Solution solution, CancellationToken cancellationToken) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Interface } named
        && await SymbolFinder.FindSourceDefinitionAsync(named.OriginalDefinition, solution, cancellationToken).ConfigureAwait(false) is INamedTypeSymbol { DeclaringSyntaxReferences.IsEmpty: false } source
            ? source
            : null;

    /// <summary>Where an interface's attribute is written; null where it is not in source.</summary>
    public static async Task<AttributeSyntax?> TagAsync(ITypeSymbol? type, Solution solution, CancellationToken cancellationToken)
    {
        var definition = await DefinitionAsync(type, solution, cancellationToken).ConfigureAwait(false);
        var tag = definition?.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == "ExposureLoggedAttribute");
        return tag?.ApplicationSyntaxReference is { } reference
            ? await reference.GetSyntaxAsync(cancellationToken).ConfigureAwait(false) as AttributeSyntax
            : null;
    }
}
