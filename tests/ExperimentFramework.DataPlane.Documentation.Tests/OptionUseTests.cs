using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>An option that nothing reads promises what it does not do.</summary>
public sealed class OptionUseTests
{
    private static readonly CSharpParseOptions Preview = new(LanguageVersion.Preview);

    /// <summary>The product as one program, and the assemblies that it uses without its own.</summary>
    private static readonly CSharpCompilation Product = CSharpCompilation.Create(
        "Product",
        Directory.EnumerateFiles(Path.Combine(Page.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(folder => folder is "obj" or "bin"))
            .Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), Preview, path))
            .Append(CSharpSyntaxTree.ParseText(string.Concat(
                new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks" }.Select(name => $"global using {name};")), Preview)),
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("ExperimentFramework.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
        new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));

    [Fact]
    public void Every_option_is_read_by_more_than_its_validator()
    {
        var options = Options().ToHashSet<IPropertySymbol>(SymbolEqualityComparer.Default);
        Assert.InRange(options.Count, 40, 200);
        foreach (var tree in Product.SyntaxTrees.Where(tree => !tree.FilePath.EndsWith("Validator.cs", StringComparison.Ordinal)))
        {
            var model = Product.GetSemanticModel(tree);
            options.RemoveWhere(option => IsReadIn(tree, model, option));
        }

        Assert.True(options.Count == 0, "Nothing reads " + string.Join(", ", options.Select(option => $"{option.ContainingType.Name}.{option.Name}")));
    }

    /// <summary>What users set: the public properties of the public classes that are named after options.</summary>
    private static IEnumerable<IPropertySymbol> Options() => Product
        .GetSymbolsWithName(name => name.EndsWith("Options", StringComparison.Ordinal), SymbolFilter.Type)
        .OfType<INamedTypeSymbol>()
        .Where(type => type.DeclaredAccessibility == Accessibility.Public)
        .SelectMany(type => type.GetMembers().OfType<IPropertySymbol>())
        .Where(property => property is { DeclaredAccessibility: Accessibility.Public, IsStatic: false });

    private static bool IsReadIn(SyntaxTree tree, SemanticModel model, IPropertySymbol option) => tree.GetRoot().DescendantNodes()
        .OfType<IdentifierNameSyntax>()
        .Where(name => name.Identifier.ValueText == option.Name && !IsWritten(name) && !IsNamed(name))
        .Any(name => SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, option));

    /// <summary>Whether an option is set here, by itself or as a member of something.</summary>
    private static bool IsWritten(IdentifierNameSyntax name) =>
        (name.Parent as MemberAccessExpressionSyntax ?? (ExpressionSyntax)name) is { Parent: AssignmentExpressionSyntax assignment } written && assignment.Left == written;

    /// <summary>Whether only the name is used: in documentation, or by <c>nameof</c>.</summary>
    private static bool IsNamed(IdentifierNameSyntax name) =>
        name.Ancestors().Any(node => node is CrefSyntax or InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } });
}
