using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>No analyzer fails on code that does not compile: the code of all pages, with tokens or references missing.</summary>
public sealed partial class BrokenCodeTests
{
    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
    [
        .. typeof(ShapeAnalyzer).Assembly.GetTypes()
            .Where(type => typeof(DiagnosticAnalyzer).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    private static readonly string[] Pages =
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "DP*.md")
            .Order(StringComparer.Ordinal)
            .SelectMany(page => CodeBlock().Matches(File.ReadAllText(page)).Select(match => match.Groups[1].Value)),
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Tokens_can_be_missing(int seed)
    {
        var random = new Random(seed);

        await RunAsync(Pages.Select(page => WithoutTokens(page, random)), AnalyzerVerifier.References);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_end_can_be_missing(int seed)
    {
        var random = new Random(seed);

        await RunAsync(Pages.Select(page => page[..random.Next(page.Length)]), AnalyzerVerifier.References);
    }

    [Theory]
    [InlineData("Microsoft.Extensions.")]
    [InlineData("ExperimentFramework.DataPlane.dll")]
    [InlineData("ExperimentFramework.DataPlane.Abstractions.dll")]
    [InlineData("ExperimentFramework.")]
    [InlineData("System.Runtime.dll")]
    [InlineData("System.Private.CoreLib.dll")]
    [InlineData("System.")]
    public async Task References_can_be_missing(string missing) => await RunAsync(
        Pages, AnalyzerVerifier.References.Where(reference => !Path.GetFileName(reference.Display!).StartsWith(missing, StringComparison.Ordinal)));

    private static async Task RunAsync(IEnumerable<string> pages, IEnumerable<MetadataReference> references)
    {
        var compilation = CSharpCompilation.Create(
            "Broken",
            pages.Select((page, number) => CSharpSyntaxTree.ParseText(Enclosed(page, number), AnalyzerVerifier.ParseOptions, $"Page{number}.cs")),
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        var faults = new List<string>();
        void OnException(Exception exception, DiagnosticAnalyzer analyzer, Diagnostic diagnostic)
        {
            lock (faults)
            {
                faults.Add($"{analyzer}: {exception}");
            }
        }

        await compilation
            .WithAnalyzers(Analyzers, new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), OnException, concurrentAnalysis: true, logAnalyzerExecutionTime: false))
            .GetAnalyzerDiagnosticsAsync();

        Assert.Empty(faults);
    }

    /// <summary>Each page in a namespace of its own, so that its types are its own; programs stay as they are.</summary>
    private static string Enclosed(string page, int number) =>
        CSharpSyntaxTree.ParseText(page, AnalyzerVerifier.ParseOptions).GetCompilationUnitRoot().Members.Any(SyntaxKind.GlobalStatement)
            ? page
            : $"namespace Page{number} {{\n{page}\n}}";

    private static string WithoutTokens(string page, Random random)
    {
        for (var missing = random.Next(1, 5); missing > 0; missing--)
        {
            var tokens = CSharpSyntaxTree.ParseText(page, AnalyzerVerifier.ParseOptions).GetRoot().DescendantTokens().Where(token => token.Span.Length > 0).ToList();
            var token = tokens[random.Next(tokens.Count)];
            page = page.Remove(token.SpanStart, token.Span.Length);
        }

        return page;
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
