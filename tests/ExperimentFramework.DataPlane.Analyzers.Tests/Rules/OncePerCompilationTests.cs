using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>A search through all files or references costs too much to be made for each finding.</summary>
public sealed class OncePerCompilationTests
{
    /// <summary>A reference that is open beside the compilation, so that a search reads its source.</summary>
    private static readonly MetadataReference Open = AnalyzerVerifier.Library(
        "public sealed class Uses { public ExperimentFramework.DataPlane.DataPlaneEnvelope? Envelope => null; " + string.Concat(Enumerable.Range(0, 200).Select(number => $"public int P{number} => {number}; ")) + "}",
        isOpen: true);

    public static TheoryData<string> Questions =>
    [
        nameof(CompilationFacts.MayRegisterElsewhere),
        nameof(CompilationFacts.MayHaveSubjectProvider),
        nameof(CompilationFacts.MayHaveOptionsElsewhere),
        nameof(CompilationFacts.PassesOptionsOn),
    ];

    [Theory]
    [MemberData(nameof(Questions))]
    public void References_are_searched_once_for_all_findings(string question)
    {
        var compilation = CSharpCompilation.Create("Analyzed", [], [.. AnalyzerVerifier.References, Open], new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        var facts = new CompilationFacts(compilation, compilation.GetTypeByMetadataName("ExperimentFramework.DataPlane.ExposureLoggedAttribute")!);
        var ask = typeof(CompilationFacts).GetProperty(question)!.GetMethod!.CreateDelegate<Func<CompilationFacts, bool>>();
        Assert.False(ask(facts));

        var before = GC.GetAllocatedBytesForCurrentThread();
        ask(facts);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    [Fact]
    public void Files_are_searched_for_creations_once_for_all_types()
    {
        var tree = CSharpSyntaxTree.ParseText(
            "class A; class B; class C; class D { object M() => new System.Collections.Generic.List<A>(); B N() => new(); }", AnalyzerVerifier.ParseOptions, cancellationToken: TestContext.Current.CancellationToken);
        var compilation = CSharpCompilation.Create("Analyzed", [tree], AnalyzerVerifier.References);
        var created = new CreatedTypes(compilation, TestContext.Current.CancellationToken);
        INamedTypeSymbol[] types = [.. "ABCD".Select(name => compilation.GetTypeByMetadataName(name.ToString())!)];
        bool[] found = [.. types.Select(created.MayContain)];

        var before = GC.GetAllocatedBytesForCurrentThread();
        created.MayContain(types[0]);
        created.MayContain(types[3]);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500);
        Assert.Equal([true, true, false, false], found);
    }

    [Fact]
    public async Task Overrides_are_searched_once_for_all_trials_of_a_compilation()
    {
        var searches = 0;
        var analyzer = new TrialAnalyzer(_ => Interlocked.Increment(ref searches) == 0);
        var compilation = CSharpCompilation.Create(
            "Analyzed",
            [CSharpSyntaxTree.ParseText("""
                using ExperimentFramework.DataPlane;

                [ExposureLogged] public interface IA { void Run([ExposureSubject] string user); }
                [ExposureLogged] public interface IB { void Run([ExposureSubject] string user); }
                public class R
                {
                    void M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>(1).AddVariant<IA>("b", 0));
                    void N(ExperimentFrameworkBuilder b) => b.Trial<IB>(t => t.AddControl<IB>(1).AddVariant<IB>("b", 0));
                }
                """, AnalyzerVerifier.ParseOptions, "Analyzed.cs", cancellationToken: TestContext.Current.CancellationToken)],
            AnalyzerVerifier.References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

        var diagnostics = await compilation.WithAnalyzers([analyzer], new AnalyzerOptions([])).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["DP4011", "DP4011"], diagnostics.Select(diagnostic => diagnostic.Id));
        Assert.Equal(1, searches);
    }
}
