using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>An exception in a rule of the whole compilation costs this rule alone, and is reported.</summary>
public sealed class AnalyzerFailureTests
{
    private const string Ids = "DP2003, DP2004, DP2005, DP2009, DP2010, DP3001, DP3004, DP3006, DP3007, DP3008, DP3009, DP4002, DP4005, DP4006, DP4010, DP4012, DP4013";

    private const string Source = """
        using ExperimentFramework.DataPlane;

        System.Console.Write(1);

        [ExposureLogged("x")] public interface IOne { void Run([ExposureSubject] string user); }
        [ExposureLogged("x")] public interface ITwo { void Run([ExposureSubject] string user); }
        """;

    [Fact]
    public async Task A_rule_that_throws_is_reported_and_the_others_are_applied() => Assert.Equal(
        [
            "DP1007: The code was not checked for DP4005 because the analyzer failed: System.InvalidOperationException: two lines. Other diagnostics are not affected. Please report this error together with the code.",
            "DP2005: 'ITwo' uses the experiment name 'x', which is already used by 'IOne'",
        ],
        await AnalyzeAsync(new CompilationSteps { Rules = [new Throwing(() => throw new InvalidOperationException("two\r\nlines.")), new ExperimentClaimRule()] }));

    [Fact]
    public async Task A_rule_that_throws_after_a_finding_reports_none() => Assert.Equal(
        ["DP1007: The code was not checked for DP4005 because the analyzer failed: System.OperationCanceledException: not the compiler's. Other diagnostics are not affected. Please report this error together with the code."],
        await AnalyzeAsync(new CompilationSteps { Rules = [new Throwing(Late)] }));

    [Fact]
    public async Task A_tree_that_cannot_be_read_makes_all_rules_uncertain() => Assert.Equal(
        [$"DP1007: The code was not checked for {Ids} because the analyzer failed while reading Analyzed.cs: System.InvalidOperationException: gone. Other diagnostics are not affected. Please report this error together with the code."],
        await AnalyzeAsync(new CompilationSteps { ReadTree = (_, _, _) => throw new InvalidOperationException("gone") }));

    [Fact]
    public async Task A_generated_tree_that_cannot_be_read_does_too() => Assert.StartsWith(
        $"DP1007: The code was not checked for {Ids} because the analyzer failed while reading Page.g.cs: System.InvalidOperationException: gone. Other",
        Assert.Single(await AnalyzeAsync(new CompilationSteps
        {
            ReadTree = (_, model, _) =>
            {
                if (model.SyntaxTree.FilePath == "Page.g.cs")
                {
                    throw new InvalidOperationException("gone");
                }
            },
        })),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("ITwo", true, "Analyzed.cs, line 6", "Analyzed.cs: (5,39)-(5,43)")]
    [InlineData("ITwo", false, "Analyzed.cs, line 6", ": (0,0)-(0,0)")]
    public void A_failure_is_at_the_code_that_was_read_unless_that_is_generated(string name, bool isHandWritten, string place, string location)
    {
        var tree = CSharpSyntaxTree.ParseText(Source, AnalyzerVerifier.ParseOptions, "Analyzed.cs", cancellationToken: TestContext.Current.CancellationToken);
        var compilation = CSharpCompilation.Create("Analyzed", [tree], AnalyzerVerifier.References);
        var facts = new CompilationFacts(compilation, compilation.GetTypeByMetadataName("ExperimentFramework.DataPlane.ExposureLoggedAttribute")!);

        facts.Collect(() => throw new InvalidOperationException("first."), compilation.GetTypeByMetadataName(name)!.Locations[0], CancellationToken.None);
        facts.Collect(() => throw new InvalidOperationException("second"), Location.None, CancellationToken.None);
        var diagnostic = FailureDescriptors.Of([new Throwing(() => [])], facts.Failure!, _ => isHandWritten);

        Assert.StartsWith(
            $"The code was not checked for DP4005 because the analyzer failed while reading {place}: System.InvalidOperationException: first. Other", diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Equal(location, diagnostic.Location.GetLineSpan().ToString());
    }

    [Fact]
    public void A_failure_after_the_cancellation_is_the_cancellation()
    {
        using var cancellation = new CancellationTokenSource();
        var compilation = CSharpCompilation.Create("Analyzed", references: AnalyzerVerifier.References);
        var facts = new CompilationFacts(compilation, compilation.GetTypeByMetadataName("ExperimentFramework.DataPlane.ExposureLoggedAttribute")!);
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => facts.Collect(() => throw new InvalidOperationException("late"), Location.None, cancellation.Token));
        Assert.Null(facts.Failure);
    }

    private static IEnumerable<Diagnostic> Late()
    {
        yield return Diagnostic.Create(RegistrationDescriptors.StoreMissing, Location.None, "a", "b", "c");
        throw new OperationCanceledException("not the compiler's");
    }

    private static async Task<IEnumerable<string>> AnalyzeAsync(CompilationSteps steps)
    {
        var compilation = CSharpCompilation.Create(
            "Analyzed",
            [
                CSharpSyntaxTree.ParseText(Source, AnalyzerVerifier.ParseOptions, "Analyzed.cs"),
                CSharpSyntaxTree.ParseText("// <auto-generated/>", AnalyzerVerifier.ParseOptions, "Page.g.cs"),
            ],
            AnalyzerVerifier.References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        var diagnostics = await compilation
            .WithAnalyzers([new CompilationAnalyzer(steps)], new AnalyzerOptions([]))
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return diagnostics.Select(diagnostic => $"{diagnostic.Id}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal);
    }

    private sealed class Throwing(Func<IEnumerable<Diagnostic>> check) : ICompilationRule
    {
        public DiagnosticDescriptor Descriptor => RegistrationDescriptors.StoreMissing;

        public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken) => check();
    }
}
