using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>The names by which files get at each other: what one declares, and what it mentions.</summary>
internal sealed class FileNames
{
    private readonly SyntaxTree _file;
    private IdentifierHashes? _words;

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

    /// <summary>The types that the file declares, those in types included; attributes also without the end of their names.</summary>
    public ImmutableArray<string> Types { get; }

    /// <summary>The namespaces that the file declares something in.</summary>
    public ImmutableHashSet<string> Namespaces { get; }

    /// <summary>
    /// Whether others depend on the file without a word: on global usings, on attributes of the assembly, on types of the system that
    /// stand behind tuples and the like, and on types that have a proxy's name.
    /// </summary>
    public bool ConcernsAllFiles { get; }

    /// <summary>Whether one of the names may be meant in the file.</summary>
    public bool MayMention(IEnumerable<string> names) => names.Any((_words ??= IdentifierHashes.In(_file)).MayHold);

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
