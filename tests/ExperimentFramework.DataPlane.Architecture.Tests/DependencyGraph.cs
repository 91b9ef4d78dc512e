using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Architecture.Tests;

/// <summary>Which file, or folder, uses a type that is declared in which other.</summary>
internal sealed class DependencyGraph(IReadOnlyCollection<(string From, string To, string Type)> uses)
{
    // The tree is compiled without its packages: types from there play no part, and names in the tree resolve without them.
    private static readonly MetadataReference[] Framework =
        [.. Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System*.dll").Select(path => MetadataReference.CreateFromFile(path))];

    private static readonly SyntaxTree ImplicitUsings = Parse("", string.Concat(
        new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks" }.Select(name => $"global using {name};")));

    public static DependencyGraph OfFiles(SourceTree source)
    {
        var trees = source.Files.Select(file => Parse(file.Key, file.Value)).ToList();
        var compilation = CSharpCompilation.Create("tree", trees.Append(ImplicitUsings), Framework, new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        return new([.. trees.AsParallel().SelectMany(tree => UsesIn(tree, compilation.GetSemanticModel(tree)).Distinct())]);
    }

    public DependencyGraph OfFolders() => new(
        [.. uses.Select(use => (From: SourceTree.FolderOf(use.From), To: SourceTree.FolderOf(use.To), use.Type)).Where(use => use.From != use.To).Distinct()]);

    /// <summary>Each circle as text: one line for every use that keeps it closed.</summary>
    public IReadOnlyList<string> Circles()
    {
        var targets = uses.ToLookup(use => use.From, use => use.To);
        var reach = uses.SelectMany(use => new[] { use.From, use.To }).Distinct().ToDictionary(node => node, node => ReachableFrom(node, targets));
        return
        [
            .. uses.Where(use => reach[use.To].Contains(use.From))
                .GroupBy(use => reach[use.From].Where(other => reach[other].Contains(use.From)).Min(StringComparer.Ordinal))
                .Select(circle => string.Join('\n', circle.Select(use => $"{use.From} -> {use.To}: {use.Type}").Order(StringComparer.Ordinal)))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static HashSet<string> ReachableFrom(string node, ILookup<string, string> targets)
    {
        var reached = new HashSet<string>();
        var pending = new Stack<string>(targets[node]);
        while (pending.TryPop(out var next))
        {
            if (reached.Add(next))
            {
                foreach (var target in targets[next])
                {
                    pending.Push(target);
                }
            }
        }

        return reached;
    }

    private static IEnumerable<(string From, string To, string Type)> UsesIn(SyntaxTree tree, SemanticModel model)
    {
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var found = model.GetSymbolInfo(name);
            if (OutermostType(found.Symbol ?? found.CandidateSymbols.FirstOrDefault()) is not { } type)
            {
                continue;
            }

            var declarations = type.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree).ToList();

            // The parts of a partial type are one type.
            if (!declarations.Contains(tree))
            {
                foreach (var declaration in declarations)
                {
                    yield return (tree.FilePath, declaration.FilePath, type.Name);
                }
            }
        }
    }

    private static INamedTypeSymbol? OutermostType(ISymbol? symbol)
    {
        var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
        while (type?.ContainingType is { } outer)
        {
            type = outer;
        }

        return type?.OriginalDefinition;
    }

    private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, new(LanguageVersion.Preview), path);
}
