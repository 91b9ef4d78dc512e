using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>The names through which files depend on each other: those that a file declares, and those that it mentions.</summary>
internal sealed class FileNames
{
    private readonly SyntaxTree _file;
    private IdentifierHashes? _identifiers;

    public FileNames(SyntaxTree file)
    {
        _file = file;
        var unit = (CompilationUnitSyntax)file.GetRoot();
        var types = ImmutableArray.CreateBuilder<string>();
        var namespaces = ImmutableHashSet.CreateBuilder(StringComparer.Ordinal);
        foreach (var node in unit.DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
        {
            switch (node)
            {
                case BaseNamespaceDeclarationSyntax space:
                    namespaces.Add(QualifiedName(space));
                    break;
                case BaseTypeDeclarationSyntax type:
                    AddType(types, type.Identifier);
                    break;
                case DelegateDeclarationSyntax type:
                    AddType(types, type.Identifier);
                    break;
                case GlobalStatementSyntax:
                    types.Add("Program");
                    break;
            }
        }

        Types = types.ToImmutable();
        Namespaces = namespaces.ToImmutable();
        ConcernsAllFiles = unit.AttributeLists.Count > 0
            || unit.Usings.Any(directive => directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword))
            || namespaces.Any(space => space == "System" || space.StartsWith("System.", StringComparison.Ordinal))
            || types.Any(ProxyName.IsLikeOne);
    }

    /// <summary>Gets the types that the file declares, including nested types. Attributes are also listed without their suffix.</summary>
    public ImmutableArray<string> Types { get; }

    /// <summary>Gets the namespaces in which the file declares something.</summary>
    public ImmutableHashSet<string> Namespaces { get; }

    /// <summary>
    /// Gets whether other files depend on the file without mentioning a name: on global usings, on attributes of the assembly, on system types that implement
    /// tuples and other language features, and on types that have the name of a proxy.
    /// </summary>
    public bool ConcernsAllFiles { get; }

    /// <summary>Returns whether the file may mention one of the names.</summary>
    public bool MayMention(IEnumerable<string> names) => names.Any((_identifiers ??= IdentifierHashes.In(_file)).MayContain);

    private static void AddType(ImmutableArray<string>.Builder types, SyntaxToken identifier)
    {
        const string attribute = "Attribute";
        var name = identifier.ValueText;
        types.Add(name);
        if (name.EndsWith(attribute, StringComparison.Ordinal))
        {
            types.Add(name.Substring(0, name.Length - attribute.Length));
        }
    }

    private static string QualifiedName(BaseNamespaceDeclarationSyntax space) =>
        (space.Parent is BaseNamespaceDeclarationSyntax outer ? QualifiedName(outer) + "." : "")
        + string.Join(".", space.Name.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText));
}
