using System.Reflection;
using ExperimentFramework.DataPlane.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>What is computed anew after an edit, and what is not.</summary>
public sealed class IncrementalTests
{
    private const string Interface = """
        using ExperimentFramework.DataPlane;

        [ExposureLogged("one")]
        public interface IOne : IBase
        {
            string Name([ExposureSubject] string user);
        }

        [ExposureLogged]
        public interface IGeneric<T>
        {
            T Get([ExposureSubject] string user);
        }
        """;

    private const string Base = "public interface IBase { void Run(); }";

    private const string Other = """
        public class Other
        {
            public void Register() => ExperimentFramework.DataPlane.ExperimentFrameworkBuilder.Create().Trial<IGeneric<Other>>(trial => { });
        }
        """;

    public static TheoryData<string, string, string> HarmlessEdits => new()
    {
        { "Other.cs", "public class Other", "public class Unrelated { } public class Other" },
        { "Other.cs", "trial => { }", "trial => { System.Console.WriteLine(); }" },
        { "Interface.cs", "{\n    string Name", "{\n\n\n        string Name" },
        { "Interface.cs", "string Name", "/* a comment */ string Name" },
        { "Base.cs", "public interface IBase", "// a comment\npublic interface IBase" },
    };

    [Theory]
    [MemberData(nameof(HarmlessEdits))]
    public void An_edit_that_changes_no_interface_runs_no_output(string file, string before, string after)
    {
        var result = RunAfter(file, before, after);

        foreach (var step in new[] { TrackingNames.Interfaces, TrackingNames.RegistrationCalls, TrackingNames.Registrations, TrackingNames.ExperimentConstants })
        {
            Assert.All(Reasons(result, step), reason => Assert.True(
                reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step} is {reason}"));
        }

        Assert.All(Outputs(result), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void An_edit_of_a_base_interface_in_another_file_runs_the_one_output()
    {
        var result = RunAfter("Base.cs", "void Run();", "void Run(); void Stop();");

        Assert.Single(Reasons(result, TrackingNames.Interfaces), IncrementalStepRunReason.Modified);
        Assert.Single(Outputs(result), IncrementalStepRunReason.Modified);
        Assert.Contains("Stop()", result.GeneratedTrees.Single(tree => tree.FilePath.Contains("IOne", StringComparison.Ordinal)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_interface_runs_its_own_output_only()
    {
        var result = RunAfter("Base.cs", "public interface", "[ExperimentFramework.DataPlane.ExposureLogged] public interface ITwo { void Run(); } public interface");

        Assert.Single(Outputs(result), IncrementalStepRunReason.New);
        Assert.DoesNotContain(IncrementalStepRunReason.Modified, Outputs(result));
    }

    [Fact]
    public void No_symbol_node_location_or_compilation_is_reachable_from_a_model()
    {
        var seen = new HashSet<Type>();
        Visit(typeof(ProxyModel));
        Visit(typeof(RegistrationCallModel));
        foreach (var model in typeof(ProxyModel).Assembly.GetTypes().Where(type => typeof(MemberModel).IsAssignableFrom(type)))
        {
            Visit(model);
        }

        Assert.Contains(typeof(FallbackModel), seen);
        Assert.DoesNotContain(seen, type => type.Namespace?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) == true);

        void Visit(Type type)
        {
            if (!seen.Add(type))
            {
                return;
            }

            foreach (var argument in type.GenericTypeArguments)
            {
                Visit(argument);
            }

            if (type.HasElementType)
            {
                Visit(type.GetElementType()!);
            }

            if (type.Assembly == typeof(ProxyModel).Assembly)
            {
                foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
                {
                    Visit(field.FieldType);
                }
            }
        }
    }

    [Fact]
    public void Models_of_equal_interfaces_are_equal()
    {
        var (one, other) = (Model(), Model());

        Assert.NotSame(one, other);
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());

        static ProxyModel Model()
        {
            var driver = ProxyCompiler.Driver().RunGenerators(Project());
            return (ProxyModel)driver.GetRunResult().Results[0].TrackedSteps[TrackingNames.Interfaces][0].Outputs[0].Value;
        }
    }

    private static GeneratorRunResultView RunAfter(string file, string before, string after)
    {
        var project = Project();
        var driver = ProxyCompiler.Driver().RunGenerators(project);
        var tree = project.SyntaxTrees.Single(tree => tree.FilePath == file);
        var text = tree.ToString();
        Assert.Contains(before, text, StringComparison.Ordinal);
        var edited = project.ReplaceSyntaxTree(
            tree, CSharpSyntaxTree.ParseText(text.Replace(before, after, StringComparison.Ordinal), ProxyCompiler.Latest, file));
        return new GeneratorRunResultView(driver.RunGenerators(edited).GetRunResult());
    }

    private static CSharpCompilation Project() => ProxyCompiler.Compilation("").RemoveAllSyntaxTrees().AddSyntaxTrees(
        CSharpSyntaxTree.ParseText(Interface, ProxyCompiler.Latest, "Interface.cs"),
        CSharpSyntaxTree.ParseText(Base, ProxyCompiler.Latest, "Base.cs"),
        CSharpSyntaxTree.ParseText(Other, ProxyCompiler.Latest, "Other.cs"));

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorRunResultView result, string step)
    {
        var reasons = result.Result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason).ToList();
        Assert.NotEmpty(reasons);
        return reasons;
    }

    private static List<IncrementalStepRunReason> Outputs(GeneratorRunResultView result)
    {
        var reasons = result.Result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs).Select(output => output.Reason).ToList();
        Assert.NotEmpty(reasons);
        return reasons;
    }

    private sealed record GeneratorRunResultView(GeneratorDriverRunResult All)
    {
        public GeneratorRunResult Result => All.Results[0];

        public IEnumerable<SyntaxTree> GeneratedTrees => All.GeneratedTrees;
    }
}
