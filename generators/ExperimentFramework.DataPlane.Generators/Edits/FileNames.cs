using System.Collections.Immutable;
using System.Globalization;
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

    /// <summary>The identifiers in the file, whatever they mean, and perhaps other words.</summary>
    public HashSet<string> Mentioned => _mentioned ??= Words(_file.GetText().ToString()) ?? Identifiers(_file.GetRoot());

    /// <summary>
    /// The words of a text, those of comments and strings too: reading them is ten times as quick as having the compiler make a tree of
    /// every token. Null where a word may be written in another way than it reads: with escapes, or with characters that do not count.
    /// </summary>
    private static HashSet<string>? Words(string text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is 'u' or 'U')
            {
                return null;
            }

            var start = i;
            while (i < text.Length && SyntaxFacts.IsIdentifierPartCharacter(text[i]))
            {
                if (text[i] > 127 && CharUnicodeInfo.GetUnicodeCategory(text[i]) == UnicodeCategory.Format)
                {
                    return null;
                }

                i++;
            }

            if (i > start)
            {
                words.Add(text.Substring(start, i - start));
                i--;
            }
        }

        return words;
    }

    private static HashSet<string> Identifiers(SyntaxNode root) =>
    [
        .. root.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText),
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
