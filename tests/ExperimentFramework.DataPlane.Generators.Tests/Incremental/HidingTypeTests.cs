using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests.Incremental;

/// <summary>A type of the project that hides one of an assembly is noticed, though no file of the project mentions the name.</summary>
public sealed class HidingTypeTests
{
    [Fact]
    public void It_comes_and_the_proxy_goes_and_it_goes_and_the_proxy_comes_back()
    {
        var types = Library("namespace Dup { public class P { } }", "types");
        var project = ProxyCompiler.Compilation("[ExperimentFramework.DataPlane.ExposureLogged] public interface IX : IUse;")
            .AddReferences(types, Library("public interface IUse { Dup.P Get(); }", "use", types))
            .AddSyntaxTrees(Parsed("namespace Dup { class Other { } }"));
        var driver = ProxyCompiler.Driver().RunGenerators(project);
        Assert.Single(driver.GetRunResult().GeneratedTrees);

        var hidden = project.ReplaceSyntaxTree(project.SyntaxTrees[1], Parsed("namespace Dup { class Other { } class P { } }"));
        driver = driver.RunGenerators(hidden);
        Assert.Empty(driver.GetRunResult().GeneratedTrees);

        driver = driver.RunGenerators(hidden.ReplaceSyntaxTree(hidden.SyntaxTrees[1], Parsed("namespace Dup { class Other { } }")));
        Assert.Single(driver.GetRunResult().GeneratedTrees);
    }

    private static SyntaxTree Parsed(string source) => CSharpSyntaxTree.ParseText(source, ProxyCompiler.Latest, "Other.cs");

    private static PortableExecutableReference Library(string source, string name, params MetadataReference[] references)
    {
        using var image = new MemoryStream();
        var library = ProxyCompiler.Compilation(source).WithAssemblyName(name).AddReferences(references);
        var result = library.WithOptions(library.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default)).Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
