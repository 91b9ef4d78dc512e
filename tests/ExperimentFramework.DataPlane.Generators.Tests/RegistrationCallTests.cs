using ExperimentFramework.DataPlane.Generators.Emitting;
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

            public class Outer<T> { [ExposureLogged] public interface IInner { T Get(); } }

            [ExposureLogged] public interface IUnfit<T> { protected T Get(); }
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
        { "namespace App { class Setup { void Run<T>(ExperimentFrameworkBuilder builder) => builder.Trial<IClosed<T>>(trial => { }).Trial<IClosed<T[]>>(\"array\", trial => { }).Trial<Outer<T>.IInner>(trial => { }); } }", "" },
        { "namespace App { class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial<Outer<int>.IInner>(trial => { }); } }", "ExposureRegistrations" },
        { "namespace App { class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial<IClosed<int[]>>(trial => { }); } }", "ExposureRegistrations" },
        { "namespace App { class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial<IUnfit<int>>(trial => { }); } }", "" },
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

    [Fact]
    public void What_several_calls_register_is_written_once_and_in_one_order()
    {
        var result = Run(Own + """
            namespace App
            {
                class Setup
                {
                    void Run() => ExperimentFrameworkBuilder.Create()
                        .Trial<IClosed<string>>(trial => { })
                        .Trial<Contracts.IForeign>(trial => { })
                        .Trial<IClosed<int>>(trial => { })
                        .Trial<IClosed<string>>("again", trial => { })
                        .Trial<Contracts.IForeign>("again", trial => { });
                }
            }
            """);

        Assert.Empty(result.Diagnostics);
        Assert.Equal(["App.IClosed-1", "App.IOwn", "App.Outer-1+IInner", "Contracts.IForeign", "ExposureRegistrations"], Names(result).Order(StringComparer.Ordinal));
        var registrations = result.GeneratedTrees.Single(tree => tree.FilePath.EndsWith("ExposureRegistrations.g.cs", StringComparison.Ordinal)).ToString();
        Assert.Equal(
            ["global::App.IClosedExposureProxy<int>.Register();", "global::App.IClosedExposureProxy<string>.Register();"],
            registrations.Split('\n').Select(line => line.Trim()).Where(line => line.EndsWith(".Register();", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_foreign_interface_whose_name_differs_from_an_own_one_only_in_case_has_its_file()
    {
        var result = Run(Own + """
            namespace Contracts
            {
                [ExposureLogged] public interface IFOREIGN { void Run(); }

                class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial<IForeign>(trial => { }); }
            }
            """);

        Assert.Empty(result.Diagnostics);
        Assert.Equal(["0.Contracts.IForeign", "App.IClosed-1", "App.IOwn", "App.Outer-1+IInner", "Contracts.IFOREIGN"], Names(result).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_foreign_interface_whose_assembly_has_its_proxy_is_left_to_it()
    {
        ProxyCompiler.Driver().RunGeneratorsAndUpdateCompilation(ProxyCompiler.Compilation(Contracts), out var withProxies, out _);

        var result = Run(Own + "namespace App { class Setup { void Run() => ExperimentFrameworkBuilder.Create().Trial<Contracts.IForeign>(trial => { }); } }", contracts: withProxies);

        Assert.DoesNotContain("Contracts.IForeign", Names(result));
    }

    private static void AssertAsks(string source, OutputKind kind, string expected) =>
        Assert.Equal(expected, string.Join(", ", Names(Run(source, kind)).Where(name => !name.StartsWith("App.", StringComparison.Ordinal))));

    private static GeneratorDriverRunResult Run(string source, OutputKind kind = OutputKind.DynamicallyLinkedLibrary, Compilation? contracts = null)
    {
        using var image = new MemoryStream();
        Assert.True((contracts ?? ProxyCompiler.Compilation(Contracts)).WithAssemblyName("Contracts")
            .WithOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(image).Success);
        var project = ProxyCompiler.Compilation(source, kind).AddReferences(MetadataReference.CreateFromImage(image.ToArray()));
        Assert.DoesNotContain(project.GetDiagnostics(), diagnostic => diagnostic.DefaultSeverity == DiagnosticSeverity.Error);
        return ProxyCompiler.Driver().RunGenerators(project).GetRunResult();
    }

    private static IEnumerable<string> Names(GeneratorDriverRunResult result) => result.GeneratedTrees
        .Where(tree => !tree.FilePath.EndsWith(ExperimentConstantsEmitter.HintName, StringComparison.Ordinal))
        .Select(tree => Path.GetFileName(tree.FilePath).Replace(".ExposureProxy", "", StringComparison.Ordinal).Replace(".g.cs", "", StringComparison.Ordinal));
}
