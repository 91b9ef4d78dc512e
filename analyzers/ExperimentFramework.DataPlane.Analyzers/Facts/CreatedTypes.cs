using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The types whose constructors a compilation calls, so that it may choose the arguments. All files are searched when this is first asked.</summary>
internal sealed class CreatedTypes(Compilation compilation, CancellationToken cancellationToken)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<ISymbol> _types = new(SymbolEqualityComparer.Default);
    private bool _isRead;

    /// <summary>Returns whether the compilation may create an instance of a type.</summary>
    public bool MayContain(INamedTypeSymbol type)
    {
        if (!_isRead)
        {
            foreach (var tree in compilation.SyntaxTrees)
            {
                Read(tree);
            }

            _isRead = true;
        }

        return _names.Contains(type.Name) || _types.Contains(type);
    }

    private void Read(SyntaxTree tree)
    {
        foreach (var node in tree.GetRoot(cancellationToken).DescendantNodes())
        {
            if (node is ObjectCreationExpressionSyntax creation)
            {
                _names.UnionWith(creation.Type.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Select(name => name.Identifier.ValueText));
            }
            else if (node is ImplicitObjectCreationExpressionSyntax && ModelOf(tree).GetTypeInfo(node, cancellationToken).Type is { } type)
            {
                _types.Add(type);
            }
        }
    }

#pragma warning disable RS1030 // Models are requested only if a variant is injected, to exclude types that code creates.
    private SemanticModel ModelOf(SyntaxTree tree) => compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
}
