namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>What is local to its file has no proxy, an error that says why, and no effect on what stands beside it.</summary>
public sealed class FileLocalInterfaceTests
{
    private const string Beside = " [ExposureLogged(\"beside\")] public interface IBeside { void Run([ExposureSubject] string user); }";

    [Theory]
    [InlineData("[ExposureLogged] file interface [|IBad|] { void Run(); }", "'IBad' cannot have an exposure proxy: 'IBad' is local to its file")]
    [InlineData("[ExposureLogged] file interface [|IBad|]<T> { T Run(); }", "'IBad<T>' cannot have an exposure proxy: 'IBad' is local to its file")]
    [InlineData("file class Outer { [ExposureLogged] public interface [|IBad|] { void Run(); } }", "'Outer' is local to its file")]
    [InlineData("file partial class Outer { [ExposureLogged] private interface [|IBad|] { void Run(); } }", "'Outer' is local to its file")]
    [InlineData("file static class Outer { public class Middle { [ExposureLogged] internal interface [|IBad|] { void Run(); } } }", "'Outer' is local to its file")]
    [InlineData("file interface IBase { void Go(); } [ExposureLogged] file interface [|IBad|] : IBase { void Run(); }", "'IBad' is local to its file")]
    [InlineData("file class Item { } [ExposureLogged] file interface [|IBad|] { Item Run(Item item); }", "'IBad' is local to its file")]
    public async Task It_is_refused(string source, string message)
    {
        var analyzed = await AnalyzerVerifier.OfAsync("using ExperimentFramework.DataPlane; " + source + Beside);

        Assert.Equal(["DP1002"], analyzed.Ids.Where(id => id.StartsWith("DP10", StringComparison.Ordinal) && id != "DP1001"));
        var refused = analyzed.Diagnostics.Single(diagnostic => diagnostic.Id == "DP1002");
        Assert.Equal(analyzed.Expected, [refused.Location.SourceSpan]);
        Assert.Contains(message, refused.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.False(refused.Properties.ContainsKey("Partial"));
        Assert.Equal(["IBeside"], analyzed.ProxyNames);
        Assert.Empty(analyzed.GeneratorDiagnostics);
    }

    [Fact]
    public async Task One_in_another_file_does_not_take_the_name_of_a_public_one()
    {
        var analyzed = await AnalyzerVerifier.OfAsync(
            "using ExperimentFramework.DataPlane; [ExposureLogged(\"same\")] public interface ISame { Item Run([ExposureSubject] string user); } public class Item { }",
            new AnalyzedProject { GeneratedSource = "file interface ISame { } file class Item { } file class ISameExposureProxy { }" });

        analyzed.Expect();
        Assert.Equal(["ISame"], analyzed.ProxyNames);
    }

    [Fact]
    public async Task A_public_interface_over_a_file_local_type_is_the_compilers_to_report()
    {
        var analyzed = await AnalyzerVerifier.OfAsync(
            "using ExperimentFramework.DataPlane; file class Item { } [ExposureLogged(\"item\")] public interface IBad { Item Run([ExposureSubject] string user); }" + Beside,
            new AnalyzedProject { IsHalfTyped = true });

        Assert.Contains("CS9051", analyzed.CompilerErrors.Select(error => error.Id));
        Assert.Empty(analyzed.GeneratedErrors);
        Assert.Equal(["IBeside"], analyzed.ProxyNames);
    }
}
