using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>What a registration asks of the generator depends on what its type argument means there, and on nothing that merely has the same name.</summary>
public sealed class RegistrationCallTests
{
    private const string Contracts = """
        namespace Contracts
        {
            [ExperimentFramework.DataPlane.ExposureLogged] public interface IForeign { void Run(); }
        }
        """;

    private const string Own = """
        using ExperimentFramework.DataPlane;

        namespace App
        {
            [ExposureLogged] public interface IOwn { void Run(); }

            [ExposureLogged] public interface IClosed<T> { T Get(); }
        }


        """;

    public static TheoryData<string, string> Calls => new()
    {
        { "namespace App { class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial<IOwn>(trial => { }); } }", "" },
        { "namespace App { class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial<Contracts.IForeign>(trial => { }); } }", "Contracts.IForeign" },
        { "namespace App.Inside { using IOwn = Contracts.IForeign; class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial<IOwn>(trial => { }); } }", "Contracts.IForeign" },
        { "namespace App { class Setup { interface IForeign { } void Run() => ExperimentFrameworkBuilder.Create().Trial<Contracts.IForeign>(trial => { }); } }", "Contracts.IForeign" },
        { "namespace App { class Setup { void Run() { System.Action later = () => ExperimentFrameworkBuilder.Create().Trial<IClosed<int>>(trial => { }); } } }", "ExposureRegistrations" },
        { "namespace App { class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial((TrialBuilder<IClosed<int>> trial) => { }); } }", "ExposureRegistrations" },
        { "namespace App { class Setup { void Run() => ExperimentFrameworkBuilder.Create()?.Trial(\"name\", (TrialBuilder<IClosed<int>> trial) => { }); } }", "ExposureRegistrations" },
        { "namespace App { class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial((TrialBuilder<Contracts.IForeign> trial) => { }); } }", "Contracts.IForeign" },
        { "namespace App { class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial((TrialBuilder<IOwn> trial) => { }); } }", "" },
        { "namespace App { class Setup { void Run() => Trial((IClosed<int> trial) => { }); void Trial<T>(System.Action<T> trial) { } } }", "" },
        { "namespace App { class Setup { private class Hidden { } void Run() => ExperimentFrameworkBuilder.Create().Trial<IClosed<Hidden>>(trial => { }).Trial<IClosed<System.Collections.Generic.List<Hidden[]>>>(\"list\", trial => { }); } }", "" },
        { "namespace App { file class Local { } class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial<IClosed<Local>>(trial => { }).Trial<IClosed<int>>(trial => { }); } }", "ExposureRegistrations" },
        { "namespace App { class Setup { void Run<IOwn>() where IOwn : class => ExperimentFrameworkBuilder.Create().Trial<IOwn>(trial => { }); } }", "" },
        { "namespace App { class Setup { void Run() { void Inner<IOwn>() where IOwn : class => ExperimentFrameworkBuilder.Create().Trial<IOwn>(trial => { }); Inner<Contracts.IForeign>(); } } }", "" },
        { "namespace App { class Setup<IOwn> where IOwn : class { void Run() => ExperimentFrameworkBuilder.Create().Trial<IOwn>(trial => { }); } }", "" },
        { "namespace App { record Setup(ExperimentFrameworkBuilder Builder) { object Run { get; } = Builder.Trial<Contracts.IForeign>(trial => { }); } }", "Contracts.IForeign" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_call_asks_for_what_its_type_means(string call, string expected) => AssertAsks(Own + call, OutputKind.DynamicallyLinkedLibrary, expected);

    [Theory]
    [InlineData("ExperimentFrameworkBuilder.Create().Trial<Contracts.IForeign>(trial => { });", "Contracts.IForeign")]
    [InlineData("ExperimentFrameworkBuilder.Create().Trial<App.IOwn>(trial => { });", "")]
    public void A_call_at_the_top_of_a_program_asks_too(string call, string expected) =>
        AssertAsks(Own.Replace("namespace App", call + "\nnamespace App", StringComparison.Ordinal), OutputKind.ConsoleApplication, expected);

    private static void AssertAsks(string source, OutputKind kind, string expected)
    {
        using var image = new MemoryStream();
        Assert.True(ProxyCompiler.Compilation(Contracts).WithAssemblyName("Contracts")
            .WithOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(image).Success);
        var project = ProxyCompiler.Compilation(source, kind).AddReferences(MetadataReference.CreateFromImage(image.ToArray()));
        Assert.DoesNotContain(project.GetDiagnostics(), diagnostic => diagnostic.DefaultSeverity == DiagnosticSeverity.Error);

        var asked = ProxyCompiler.Driver().RunGenerators(project).GetRunResult().GeneratedTrees
            .Select(tree => Path.GetFileName(tree.FilePath))
            .Where(name => !name.StartsWith("App.", StringComparison.Ordinal));

        Assert.Equal(expected, string.Join(", ", asked.Select(name => name.Replace(".ExposureProxy", "", StringComparison.Ordinal).Replace(".g.cs", "", StringComparison.Ordinal))));
    }
}
