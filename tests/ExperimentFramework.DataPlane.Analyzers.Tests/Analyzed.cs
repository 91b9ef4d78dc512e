using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>A source, compiled with the generator and looked at by all analyzers.</summary>
/// <param name="Diagnostics">What the analyzers report, in the order of the source.</param>
/// <param name="Expected">The spans that the source marks with <c>[|</c> and <c>|]</c>.</param>
/// <param name="Proxies">How many files the generator wrote.</param>
internal sealed record Analyzed(IReadOnlyList<Diagnostic> Diagnostics, IReadOnlyList<TextSpan> Expected, int Proxies)
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).Contains("Tests", StringComparison.Ordinal))
            .Select(file => (MetadataReference)MetadataReference.CreateFromFile(file)),
    ];

    public IEnumerable<string> Ids => Diagnostics.Select(diagnostic => diagnostic.Id);

    public static async Task<Analyzed> OfAsync(
        string markedSource, string? librarySource = null, bool allowUnsafe = false, string? editorConfig = null, bool isGenerated = false)
    {
        var (source, expected) = Unmark(markedSource);
        var references = librarySource is null ? References : [.. References, Library(librarySource)];
        var compilation = CSharpCompilation.Create(
            "Analyzed",
            [CSharpSyntaxTree.ParseText(source, ParseOptions, isGenerated ? "Analyzed.g.cs" : "Analyzed.cs")],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: allowUnsafe)
                .WithSyntaxTreeOptionsProvider(new ConfiguredSeverities(editorConfig)));
        CSharpGeneratorDriver.Create([new ExposureProxyGenerator().AsSourceGenerator()], parseOptions: ParseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        Assert.DoesNotContain(generated.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

        var analyzers = typeof(ShapeAnalyzer).Assembly.GetTypes()
            .Where(type => typeof(DiagnosticAnalyzer).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)
            .ToImmutableArray();
        var diagnostics = await generated
            .WithAnalyzers(analyzers, new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: true, logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: false))
            .GetAnalyzerDiagnosticsAsync();
        return new Analyzed(
            [.. diagnostics.Where(diagnostic => !diagnostic.IsSuppressed).OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)],
            expected,
            generated.SyntaxTrees.Count() - 1);
    }

    /// <summary>Expects exactly these ids, each at the marked spans.</summary>
    public void Expect(params string[] ids)
    {
        Assert.Equal(ids, Ids);
        Assert.Equal(Expected, Diagnostics.Select(diagnostic => diagnostic.Location.SourceSpan).Distinct());
    }

    private static MetadataReference Library(string source)
    {
        using var image = new MemoryStream();
        var result = CSharpCompilation.Create(
            "Library",
            [CSharpSyntaxTree.ParseText(source, ParseOptions)],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)).Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    private static (string Source, List<TextSpan> Spans) Unmark(string marked)
    {
        var spans = new List<TextSpan>();
        while (marked.IndexOf("[|", StringComparison.Ordinal) is var start and >= 0)
        {
            var end = marked.IndexOf("|]", StringComparison.Ordinal) - 2;
            marked = marked.Remove(start, 2).Remove(end, 2);
            spans.Add(TextSpan.FromBounds(start, end));
        }

        return (marked, spans);
    }

    private sealed class ConfiguredSeverities(string? line) : SyntaxTreeOptionsProvider
    {
        private readonly string[] _parts = line?.Split(' ') ?? [];

        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = _parts is [_, "none"] ? ReportDiagnostic.Suppress : ReportDiagnostic.Error;
            return _parts is [var id, _] && id == diagnosticId;
        }

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = default;
            return false;
        }
    }
}
