using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>What the constants of many registrations cost an editor: a keystroke elsewhere writes nothing, and one in a registration only what it changes.</summary>
public sealed class RegistrationEditTests
{
    private const int Registrations = 200;

    private static readonly IncrementalStepRunReason[] Unchanged = [IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged];

    [Theory]
    [InlineData("Other.cs", "class Other", "class Another { } class Other")]
    [InlineData("Registration7.cs", "t => t", "  t => /* a comment */ t")]
    [InlineData("Registration7.cs", "static class Registration7", "static class Renamed7")]
    public void A_keystroke_that_changes_no_name_changes_no_registration_and_writes_no_constants(string file, string before, string after)
    {
        var result = RunAfter(file, before, after);

        Assert.Equal(Registrations, Reasons(result, TrackingNames.RegistrationCalls).Count);
        Assert.All(Reasons(result, TrackingNames.RegistrationCalls), reason => Assert.Contains(reason, Unchanged));
        Assert.Contains(Assert.Single(Reasons(result, TrackingNames.ExperimentConstants)), Unchanged);
        Assert.All(Outputs(result), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void A_key_that_changes_writes_the_constants_again_and_no_proxy()
    {
        var result = RunAfter("Registration7.cs", "\"b7\"", "\"sale\"");

        Assert.Single(Reasons(result, TrackingNames.RegistrationCalls), reason => !Unchanged.Contains(reason));
        Assert.Equal(IncrementalStepRunReason.Modified, Assert.Single(Reasons(result, TrackingNames.ExperimentConstants)));
        Assert.Equal(IncrementalStepRunReason.Modified, Assert.Single(Outputs(result), reason => reason != IncrementalStepRunReason.Cached));
    }

    private static GeneratorRunResult RunAfter(string file, string before, string after)
    {
        var project = Project();
        var driver = ProxyCompiler.Driver().RunGenerators(project);
        Assert.Equal(Registrations + 1, driver.GetRunResult().GeneratedTrees.Length);
        var tree = project.SyntaxTrees.Single(tree => tree.FilePath == file);
        Assert.Contains(before, tree.ToString(), StringComparison.Ordinal);
        var edited = project.ReplaceSyntaxTree(tree, Parsed(file, tree.ToString().Replace(before, after, StringComparison.Ordinal)));
        return driver.RunGenerators(edited).GetRunResult().Results[0];
    }

    private static CSharpCompilation Project() => ProxyCompiler.Compilation("").RemoveAllSyntaxTrees().AddSyntaxTrees(
    [
        Parsed("Other.cs", "class Other { }"),
        .. Enumerable.Range(0, Registrations).Select(number => Parsed($"Interface{number}.cs", $$"""
            [ExperimentFramework.DataPlane.ExposureLogged] public interface I{{number}} { void Run([ExperimentFramework.DataPlane.ExposureSubject] string user); }
            public class Sale{{number}} : I{{number}} { public void Run(string user) { } }
            """)),
        .. Enumerable.Range(0, Registrations).Select(number => Parsed($"Registration{number}.cs", $$"""
            static class Registration{{number}}
            {
                static object Run() => ExperimentFramework.DataPlane.ExperimentFrameworkBuilder.Create()
                    .Trial<I{{number}}>("experiment-{{number}}", t => t.AddControl<Sale{{number}}>().AddVariant<Sale{{number}}>("b{{number}}"));
            }
            """)),
    ]);

    private static SyntaxTree Parsed(string file, string source) => CSharpSyntaxTree.ParseText(source, ProxyCompiler.Latest, file);

    private static List<IncrementalStepRunReason> Reasons(GeneratorRunResult result, string step) =>
        [.. result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason)];

    private static List<IncrementalStepRunReason> Outputs(GeneratorRunResult result) =>
        [.. result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs).Select(output => output.Reason)];
}
