using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Edits;

/// <summary>The names by which files get at each other: what one declares, and what it mentions.</summary>
internal sealed class FileNames
{
    private readonly SyntaxTree _file;
    private HashSet<string>? _mentioned;

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
        HasGlobalUsings = unit.Usings.Any(directive => directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword));
        ConcernsAllFiles = HasGlobalUsings || unit.AttributeLists.Count > 0;
    }

    /// <summary>The types that the file declares, those in types included; attributes also without the end of their names.</summary>
    public ImmutableArray<string> Types { get; }

    /// <summary>The namespaces that the file declares something in.</summary>
    public ImmutableHashSet<string> Namespaces { get; }

    public bool HasGlobalUsings { get; }

    /// <summary>Whether the file says something about all others: global usings, attributes of the assembly.</summary>
    public bool ConcernsAllFiles { get; }

    /// <summary>The identifiers in the file, whatever they mean.</summary>
    public HashSet<string> Mentioned => _mentioned ??=
    [
        .. _file.GetRoot().DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText),
    ];

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
        space.Parent is BaseNamespaceDeclarationSyntax outer ? $"{QualifiedName(outer)}.{space.Name}" : space.Name.ToString();
}
