using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>The real compiler with the real generator, in memory.</summary>
internal static class ProxyCompiler
{
    public static readonly CSharpParseOptions Latest = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    /// <summary>Of the sources under test; generated code documents itself.</summary>
    private const string MissingDocumentation = "CS1591";

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).Contains("Tests", StringComparison.Ordinal))
            .Select(file => (MetadataReference)MetadataReference.CreateFromFile(file)),
    ];

    public static CSharpCompilation Compilation(string source, OutputKind kind = OutputKind.DynamicallyLinkedLibrary) => CSharpCompilation.Create(
        "Subject",
        [CSharpSyntaxTree.ParseText(source, Latest, "Subject.cs")],
        References,
        new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable, generalDiagnosticOption: ReportDiagnostic.Error));

    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new ExposureProxyGenerator().AsSourceGenerator()],
        parseOptions: Latest,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Compiles with the generator and expects not so much as a hidden remark of the compiler.</summary>
    public static Compilation CompileCleanly(string source, OutputKind kind = OutputKind.DynamicallyLinkedLibrary)
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compilation(source, kind), out var compilation, out var diagnostics);
        Assert.Empty(diagnostics);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => IsGenerated(diagnostic) || (diagnostic.Severity > DiagnosticSeverity.Info && diagnostic.Id != MissingDocumentation)));
        return compilation;
    }

    /// <summary>The text of the only generated file.</summary>
    public static string OnlyFile(string source) =>
        Assert.Single(CompileCleanly(source).SyntaxTrees.Skip(1)).ToString();

    private static bool IsGenerated(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true;
}
