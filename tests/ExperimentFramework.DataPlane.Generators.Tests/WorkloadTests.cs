using ExperimentFramework.DataPlane.Benchmarks.CompileTime;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>What a large project of 200 interfaces with 10 members each costs, as far as it can be counted; the benchmarks measure its time.</summary>
public sealed class WorkloadTests
{
    private const int MostLines = 15_000;

    [Fact]
    public void The_generated_text_stays_short()
    {
        var result = ProxyCompiler.Driver().RunGenerators(Project()).GetRunResult();

        Assert.Equal(Workload.Interfaces + 1, result.GeneratedTrees.Length);
        Assert.InRange(result.GeneratedTrees.Sum(tree => tree.GetText().Lines.Count), 1, MostLines);
    }

    [Fact]
    public void An_edit_in_an_unrelated_file_runs_no_output()
    {
        var project = Project();
        var driver = ProxyCompiler.Driver().RunGenerators(project);
        var edited = project.ReplaceSyntaxTree(project.SyntaxTrees[^1], Parsed("class Other { int edit; }"));

        var outputs = driver.RunGenerators(edited).GetRunResult().Results[0].TrackedOutputSteps
            .SelectMany(step => step.Value)
            .SelectMany(step => step.Outputs)
            .Select(output => output.Reason)
            .ToList();

        Assert.InRange(outputs.Count, Workload.Interfaces, int.MaxValue);
        Assert.All(outputs, reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    private static CSharpCompilation Project() => ProxyCompiler.Compilation(Workload.Source(isTagged: true))
        .AddSyntaxTrees(Parsed(Workload.Registrations()), Parsed("class Other { }"));

    private static SyntaxTree Parsed(string source) => CSharpSyntaxTree.ParseText(source, ProxyCompiler.Latest);
}
