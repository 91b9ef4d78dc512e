using ExperimentFramework.DataPlane.Generators.Emitting;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>The real compiler with the real generator, in memory.</summary>
internal static class ProxyCompiler
{
    public static readonly CSharpParseOptions Latest = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    /// <summary>Missing documentation and unused local functions are the sources' own; generated code has neither.</summary>
    private static readonly string[] OfSources = ["CS1591", "CS8321"];

    /// <summary>Raised by naming what the interface names: obsolete types, lower-case names.</summary>
    private static readonly string[] OfNames = ["CS0612", "CS0618", "CS8981", "OLD", "EXP"];

    /// <summary>What a member promises when it returns, which the compiler does not follow into a call that is handed on.</summary>
    private static readonly string[] OfPromises = ["CS8763", "CS8777"];

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).Contains("Tests", StringComparison.Ordinal))
            .Select(file => (MetadataReference)MetadataReference.CreateFromFile(file)),
    ];

    public static CSharpCompilation Compilation(
        string source,
        OutputKind kind = OutputKind.DynamicallyLinkedLibrary,
        CSharpParseOptions? parseOptions = null,
        NullableContextOptions nullable = NullableContextOptions.Enable,
        bool allowUnsafe = false) => CSharpCompilation.Create(
        "Subject",
        [CSharpSyntaxTree.ParseText(source, parseOptions ?? Latest, "Subject.cs")],
        References,
        new CSharpCompilationOptions(
            kind, nullableContextOptions: nullable, generalDiagnosticOption: ReportDiagnostic.Error, warningLevel: 9999, allowUnsafe: allowUnsafe));

    public static GeneratorDriver Driver(CSharpParseOptions? parseOptions = null) => CSharpGeneratorDriver.Create(
        [new ExposureProxyGenerator().AsSourceGenerator()],
        parseOptions: parseOptions ?? Latest,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Compiles with the generator and expects not so much as a hidden remark of the compiler.</summary>
    public static Compilation CompileCleanly(string source, OutputKind kind = OutputKind.DynamicallyLinkedLibrary) => CompileCleanly(Compilation(source, kind));

    /// <summary>
    /// Compiles with the generator and expects not so much as a hidden remark of the compiler: as users get it, and but for what
    /// the interface itself names, without what keeps warnings away too.
    /// </summary>
    public static Compilation CompileCleanly(CSharpCompilation project)
    {
        var options = (CSharpParseOptions)project.SyntaxTrees[0].Options;
        Driver(options).RunGeneratorsAndUpdateCompilation(project, out var compilation, out var diagnostics);
        Assert.Empty(diagnostics);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic =>
            IsGenerated(diagnostic) || (diagnostic.Severity > DiagnosticSeverity.Info && !OfSources.Contains(diagnostic.Id))));

        var bare = compilation.SyntaxTrees.Where(tree => tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)).Aggregate(compilation, (current, tree) =>
            current.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(
                tree.ToString()
                    .Replace(GeneratedFile.NoWarnings + "\n", "", StringComparison.Ordinal)
                    .Replace(GeneratedFile.NoNullabilityWarnings, "#nullable enable warnings", StringComparison.Ordinal),
                options,
                tree.FilePath)));
        Assert.Empty(bare.GetDiagnostics().Where(diagnostic => IsGenerated(diagnostic) && !OfNames.Contains(diagnostic.Id) && !OfPromises.Contains(diagnostic.Id)));
        return compilation;
    }

    private static bool IsGenerated(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true;
}
