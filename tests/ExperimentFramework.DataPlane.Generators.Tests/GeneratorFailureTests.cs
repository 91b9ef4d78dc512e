using ExperimentFramework.DataPlane.Generators.Emitting;
using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>An exception in any step of the generator costs the one interface that it is about, and is an error of the build.</summary>
public sealed class GeneratorFailureTests
{
    private const string Source = """
        using ExperimentFramework.DataPlane;

        namespace Shop
        {
            [ExposureLogged] public interface IBad { void Run([ExposureSubject] string user); }

            [ExposureLogged] public interface IGood { void Run([ExposureSubject] string user); }

            [ExposureLogged] public interface IClosed<T> { T Get([ExposureSubject] string user); }

            public class Setup
            {
                public object Run() => ExperimentFrameworkBuilder.Create().Trial<IClosed<int>>(trial => { }).Trial<IClosed<string>>(trial => { });
            }
        }
        """;

    [Fact]
    public void Reading_an_interface() => AssertCosts(
        new GeneratorSteps
        {
            ReadInterface = (type, tag, compilation, token) => type.Name == "IBad" ? throw new InvalidOperationException("two\r\nlines.") : InterfaceParser.Parse(type, tag, compilation, token),
        },
        "DP1006: The code for 'Shop.IBad' was not generated because the generator failed: System.InvalidOperationException: two lines. Other generated code is not affected. Please report this error together with the interface.",
        "ExposureRegistrations", "Shop.IClosed-1", "Shop.IGood");

    [Fact]
    public void Printing_a_proxy() => AssertCosts(
        new GeneratorSteps { WriteProxy = proxy => proxy.Names.Hint.Contains("IBad", StringComparison.Ordinal) ? throw new KeyNotFoundException("gone") : ProxyEmitter.Emit(proxy) },
        "DP1006: The code for 'global::Shop.IBad' was not generated because the generator failed: System.Collections.Generic.KeyNotFoundException: gone.",
        "ExposureRegistrations", "Shop.IClosed-1", "Shop.IGood");

    [Fact]
    public void Reading_a_call() => AssertCosts(
        new GeneratorSteps
        {
            ReadCall = (name, semantics, token) => name.ToString().Contains("string", StringComparison.Ordinal) ? throw new OperationCanceledException("not the compiler's") : RegistrationCallParser.Parse(name, semantics, token),
        },
        "DP1006: The code for 'Trial<IClosed<string>>' was not generated because the generator failed: System.OperationCanceledException: not the compiler's.",
        "ExposureRegistrations", "Shop.IBad", "Shop.IClosed-1", "Shop.IGood");

    [Fact]
    public void Printing_the_registrations() => AssertCosts(
        new GeneratorSteps { WriteRegistrations = _ => throw new InvalidOperationException("gone") },
        "DP1006: The code for 'global::Shop.IClosedExposureProxy<int>, global::Shop.IClosedExposureProxy<string>' was not generated",
        "Shop.IBad", "Shop.IClosed-1", "Shop.IGood");

    [Fact]
    public void Printing_the_constants() => AssertCosts(
        Source.Replace(".Trial<IClosed<int>>(", ".Trial<IClosed<int>>(\"closed\", ", StringComparison.Ordinal),
        new GeneratorSteps { WriteConstants = _ => throw new InvalidOperationException("gone") },
        "DP1006: The code for 'Experiments' was not generated because the generator failed: System.InvalidOperationException: gone. Other generated code is not affected.",
        "ExposureRegistrations", "Shop.IBad", "Shop.IClosed-1", "Shop.IGood");

    [Fact]
    public void A_file_name_that_the_compiler_refuses() => AssertCosts(
        new GeneratorSteps
        {
            ReadInterface = (type, tag, compilation, token) =>
                InterfaceParser.Parse(type, tag, compilation, token) is { } proxy && type.Name == "IBad" ? proxy with { Names = proxy.Names with { Hint = "a\0b" } } : InterfaceParser.Parse(type, tag, compilation, token),
        },
        "DP1006: The code for 'global::Shop.IBad' was not generated because the generator failed: System.ArgumentException",
        "ExposureRegistrations", "Shop.IClosed-1", "Shop.IGood");

    [Fact]
    public void A_comparison_with_the_state_before_an_edit_costs_nothing_and_all_is_read_again()
    {
        var reads = 0;
        var project = ProxyCompiler.Compilation(Source);
        var driver = Driver(new GeneratorSteps
        {
            ReadInterface = (type, tag, compilation, token) =>
            {
                reads++;
                return InterfaceParser.Parse(type, tag, compilation, token);
            },
            Compare = (before, after, known, token) => throw new InvalidOperationException("no comparison"),
        }).RunGenerators(project);
        Assert.Equal(3, reads);

        var result = driver.RunGenerators(project.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Other { }", ProxyCompiler.Latest))).GetRunResult();

        Assert.Equal(6, reads);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(4, result.GeneratedTrees.Length);
    }

    [Fact]
    public void What_failed_is_written_after_the_edit_that_mends_it()
    {
        var fails = true;
        var project = ProxyCompiler.Compilation(Source);
        var driver = Driver(new GeneratorSteps
        {
            ReadInterface = (type, tag, compilation, token) => fails && type.Name == "IBad" ? throw new InvalidOperationException("bad") : InterfaceParser.Parse(type, tag, compilation, token),
        }).RunGenerators(project);
        Assert.Single(driver.GetRunResult().Diagnostics);

        fails = false;
        var result = driver.RunGenerators(project.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Other { }", ProxyCompiler.Latest))).GetRunResult();

        Assert.Empty(result.Diagnostics);
        Assert.Equal(4, result.GeneratedTrees.Length);
    }

    [Fact]
    public void A_cancelled_run_is_cancelled_and_fails_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        var driver = Driver(new GeneratorSteps
        {
            ReadInterface = (_, _, _, _) =>
            {
                cancellation.Cancel();
                throw new InvalidOperationException("late");
            },
        });

        Assert.Throws<OperationCanceledException>(() => driver.RunGenerators(ProxyCompiler.Compilation(Source), cancellation.Token));
    }

    [Fact]
    public void An_exception_after_the_cancellation_is_no_failure()
    {
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => ReadModel<ProxyModel>.Of(
            () =>
            {
                cancellation.Cancel();
                throw new InvalidOperationException("late");
            },
            () => "IBad",
            cancellation.Token));
    }

    private static void AssertCosts(GeneratorSteps steps, string error, params string[] written) => AssertCosts(Source, steps, error, written);

    private static void AssertCosts(string source, GeneratorSteps steps, string error, params string[] written)
    {
        var result = Driver(steps).RunGenerators(ProxyCompiler.Compilation(source)).GetRunResult();

        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.StartsWith(error, $"{diagnostic.Id}: {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}", StringComparison.Ordinal);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Null(result.Results[0].Exception);
        Assert.Equal(written, result.GeneratedTrees
            .Select(tree => Path.GetFileName(tree.FilePath).Replace(".ExposureProxy", "", StringComparison.Ordinal).Replace(".g.cs", "", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));
    }

    private static GeneratorDriver Driver(GeneratorSteps steps) => CSharpGeneratorDriver.Create(
        [new ExposureProxyGenerator(steps).AsSourceGenerator()], parseOptions: ProxyCompiler.Latest);
}
