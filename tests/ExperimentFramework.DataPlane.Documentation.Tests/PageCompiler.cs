using ExperimentFramework.DataPlane.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>Compiles the code of a page as one program, with the generator and with what the page takes for granted.</summary>
internal static class PageCompiler
{
    /// <summary>
    /// Readers add their own documentation, call the local functions that a page declares, and have a program around the types that it shows. That a package was
    /// built with an older version of another one (CS1701) the SDK hides too.
    /// </summary>
    private static readonly string[] Ignored = ["CS1591", "CS8321", "CS5001", "CS1701"];

    private static readonly CSharpParseOptions Latest = new(LanguageVersion.Latest);

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).Contains("Tests", StringComparison.Ordinal))
            .Select(file => (MetadataReference)MetadataReference.CreateFromFile(file)),
    ];

    /// <summary>Compiles source texts and expects no warning.</summary>
    public static Compilation Compile(params string[] sources)
    {
        var project = CSharpCompilation.Create(
            "Page",
            [.. sources.Select(source => CSharpSyntaxTree.ParseText(source, Latest))],
            References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create([new ExposureProxyGenerator().AsSourceGenerator()], parseOptions: Latest)
            .RunGeneratorsAndUpdateCompilation(project, out var compilation, out var diagnostics);
        Assert.Empty(diagnostics);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity > DiagnosticSeverity.Info && !Ignored.Contains(diagnostic.Id)));
        return compilation;
    }

    /// <summary>The blocks of a page in one file: usings, then statements, then types.</summary>
    public static string AsProgram(IEnumerable<string> blocks)
    {
        var units = blocks.Select(block => CSharpSyntaxTree.ParseText(block, Latest).GetCompilationUnitRoot()).ToList();
        var members = units.SelectMany(unit => unit.Members).ToList();
        return string.Concat(units.SelectMany(unit => unit.Usings).Select(directive => directive.ToFullString()).Distinct())
            + string.Concat(members.OfType<GlobalStatementSyntax>().Select(statement => statement.ToFullString()))
            + string.Concat(members.Where(member => member is not GlobalStatementSyntax).Select(member => member.ToFullString()));
    }

    /// <summary>The page's code, behind the variables and in front of the types that it uses and does not declare.</summary>
    public static string AsProgram(Page page)
    {
        var blocks = page.CSharp;
        var nodes = blocks.SelectMany(block => CSharpSyntaxTree.ParseText(block, Latest).GetRoot().DescendantTokens()).ToList();
        var used = nodes.Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText).ToHashSet();
        var declared = nodes
            .Where(token => token.Parent is BaseTypeDeclarationSyntax or VariableDeclaratorSyntax)
            .Select(token => token.ValueText)
            .ToHashSet();
        bool IsMissing(string name) => used.Contains(name) && !declared.Contains(name);

        var variables = new List<string>();
        if (IsMissing("app"))
        {
            used.Add("builder");
        }

        foreach (var (name, declaration) in StandIns.Variables.Where(variable => IsMissing(variable.Name)))
        {
            variables.Add(declaration);
            declared.Add(name);
        }

        var types = new List<string>();
        foreach (var (name, declaration) in StandIns.Types.Where(type => IsMissing(type.Name)))
        {
            types.Add(declaration);
            used.UnionWith(CSharpSyntaxTree.ParseText(declaration, Latest).GetRoot().DescendantTokens().Select(token => token.ValueText));
            declared.Add(name);
        }

        return AsProgram([.. variables, .. blocks, .. types]);
    }
}
