using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>
/// A project that the generator does not run in, as one in F# or Visual Basic: it uses the proxies of a C# project that it references, and the start-up
/// error about a closed generic says what to call. The project is C# here, compiled without the generator.
/// </summary>
public sealed class OtherLanguageTests
{
    private const string Contracts = """
        namespace Contracts
        {
            using ExperimentFramework.DataPlane;

            [ExposureLogged] public interface IPlain { string Get([ExposureSubject] string user); }

            [ExposureLogged] public interface IGen_eric<T> { T Get([ExposureSubject] string user); }

            public class Out_er<T> { [ExposureLogged] public interface IInner<U> { U Get([ExposureSubject] string user); } }
        }
        """;

    [Theory]
    [InlineData("Contracts.IPlain", null)]
    [InlineData("Contracts.IGen_eric<int>", "Contracts.IGen__ericExposureProxy<int>")]
    [InlineData("Contracts.Out_er<string>.IInner<int>", "Contracts.Out__er_1_IInnerExposureProxy<string, int>")]
    public void The_remedy_of_the_message_can_be_followed(string service, string? proxy)
    {
        var call = $"ExperimentFramework.DataPlane.ExperimentFrameworkBuilder.Create().Trial<{service}>(trial => throw new System.TimeoutException());";
        var source = $$"""
            public static class Setup
            {
                public static void Direct() => {{call}}

                public static void Registered() { {{(proxy is null ? "" : proxy + ".Register();")}} {{call}} }
            }
            """;
        var context = new AssemblyLoadContext("other language", isCollectible: true);
        try
        {
            var contracts = Image("Contracts", Contracts, isGenerated: true);
            context.LoadFromStream(new MemoryStream(contracts));
            var setup = context.LoadFromStream(new MemoryStream(Image("Setup", source, isGenerated: false, MetadataReference.CreateFromImage(contracts)))).GetType("Setup")!;

            // A trial that is configured has its proxy.
            if (proxy is not null)
            {
                var error = Assert.IsType<InvalidOperationException>(Run(setup, "Direct"));
                Assert.Contains($"before Trial call {proxy.Split('<')[0]}<...>.Register()", error.Message, StringComparison.Ordinal);
                Assert.Contains("F#", error.Message, StringComparison.Ordinal);
            }

            Assert.IsType<TimeoutException>(Run(setup, "Registered"));
        }
        finally
        {
            context.Unload();
        }
    }

    [Fact]
    public void An_interface_of_such_a_project_itself_has_to_move_and_the_message_says_so()
    {
        const string source = """
            [ExperimentFramework.DataPlane.ExposureLogged] public interface IOwn { string Get(string user); }

            public static class Setup
            {
                public static void Direct() => ExperimentFramework.DataPlane.ExperimentFrameworkBuilder.Create().Trial<IOwn>(trial => { });
            }
            """;
        var context = new AssemblyLoadContext("own", isCollectible: true);
        try
        {
            var error = Assert.IsType<InvalidOperationException>(Run(context.LoadFromStream(new MemoryStream(Image("Own", source, isGenerated: false))).GetType("Setup")!, "Direct"));

            Assert.Contains("from F#, Visual Basic or another language, declare the interface in a C# project that references the generator", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            context.Unload();
        }
    }

    private static Exception? Run(Type setup, string method) =>
        Assert.Throws<TargetInvocationException>(() => setup.GetMethod(method)!.Invoke(null, null)).InnerException;

    private static byte[] Image(string name, string source, bool isGenerated, params MetadataReference[] references)
    {
        var project = ProxyCompiler.Compilation(source).WithAssemblyName(name).AddReferences(references);
        Compilation compilation = project.WithOptions(project.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default));
        if (isGenerated)
        {
            ProxyCompiler.Driver().RunGeneratorsAndUpdateCompilation(compilation, out compilation, out _);
        }

        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return stream.ToArray();
    }
}
