namespace ExperimentFramework.DataPlane.Analyzers.Tests;

public sealed class TagAnalyzerTests
{
    private const string Using = "using ExperimentFramework.DataPlane; ";
    private const string Library = "public static class Rates { public const double TooHigh = 1.5; public const string Name = \" x\"; }";

    public static TheoryData<string, string> Fires => new()
    {
        { "DP2001", "[ExposureLogged(SamplingRate = [|1.5|])] public interface I { void Run(); }" },
        { "DP2001", "[ExposureLogged(SamplingRate = [|double.NaN|])] public interface I { void Run(); }" },
        { "DP2001", "[ExposureLogged(\"x\", SamplingRate = [|-0.1|])] public partial interface I { void Run(); } public partial interface I { }" },
        { "DP2001", "[ExposureLogged(SamplingRate = [|Rates.TooHigh|])] public interface I { void Run(); }" },
        { "DP2001", "using Tag = ExperimentFramework.DataPlane.ExposureLoggedAttribute; [Tag(SamplingRate = [|2 * 1.0|])] public interface I { void Run(); }" },
        { "DP2002", "[ExposureLogged(SamplingRate = [|0|])] public interface I { void Run(); }" },
        { "DP2006", "[ExposureLogged([|\"\"|])] public interface I { void Run(); }" },
        { "DP2006", "[ExposureLogged([|Rates.Name|])] public interface I { void Run(); }" },
        { "DP2006", "[ExposureLogged([|\"a\\tb\"|])] public interface I { void Run(); }" },
        { "DP2006", "[ExposureLogged([|\"a\\ud83d\"|])] public interface I { void Run(); }" },
        { "DP2006", "[ExposureLogged([|\"" + new string('x', 257) + "\"|])] public interface I { void Run(); }" },
        { "DP2006", "[ExposureLogged] public interface I { void Run([ExposureAttribute([|\"\"|])] int value); }" },
        { "DP2007", "[ExposureLogged] public interface [|I|] { }" },
        { "DP2007", "[ExposureLogged] public interface [|I|] : System.IDisposable { int P { get; } event System.Action E; string ToString(); [NotExposed] void Run(); }" },
        { "DP2008", "[ExposureLogged(Semantics = [|(ExposureSemantics)3|])] public interface I { void Run(); }" },
        { "DP2008", "[ExposureLogged(Semantics = [|(ExposureSemantics)(-1)|])] public interface I { void Run(); }" },
        { "DP3002", "[ExposureLogged] public interface I { void Run([ExposureSubject] out string [|user|]); }" },
        { "DP3002", "[ExposureLogged] public interface I { void Run([ExposureSubject] string user, [ExposureAttribute] out int [|o|]); }" },
        { "DP3002", "[ExposureLogged] public interface I { void Run([ExposureSubject] string user, [ExposureAttribute(\"a\")] System.ReadOnlySpan<char> [|s|]); }" },
        { "DP3002", "[ExposureLogged] public interface I { void Run<T>([ExposureSubject] string user, [ExposureAttribute] T [|t|]) where T : allows ref struct; }" },
        { "DP3002", "[ExposureLogged] public interface I { void Run([ExposureSubject] ref string [|user|]); }" },
        { "DP3002", "[ExposureLogged] public interface I { void Run([ExposureSubject] object [|user|]); }" },
        { "DP3002", "[ExposureLogged] public interface I { void Run([ExposureSubject] bool [|user|]); }" },
        { "DP3002", "[ExposureLogged] public interface I { void Run([ExposureTenant] System.ReadOnlySpan<char> [|tenant|]); }" },
        { "DP3002", "[ExposureLogged] public interface I { void Run([ExposureSubject] string one, [ExposureSubject] string [|other|]); }" },
        { "DP3002", "[ExposureLogged] public interface I { void Run(); [Exposed] int this[[ExposureTenant] string one, [ExposureTenant] string [|other|]] { get; } }" },
        { "DP3002", "public interface IBase { void Run([ExposureSubject] object user); } [ExposureLogged] public interface [|I|] : IBase { }" },
        { "DP3003", "[ExposureLogged] public interface I { void Run([ExposureAttribute(\"a\")] int one, [ExposureAttribute(nameof(a))] int [|a|]); }" },
        { "DP3003", "[ExposureLogged] public interface I { void Run([ExposureAttribute] int a, [ExposureAttribute(\"a\")] int [|b|]); }" },
    };

    [Theory]
    [MemberData(nameof(Fires))]
    public async Task It_fires_at_the_place(string id, string source) =>
        (await AnalyzerVerifier.OfAsync(source.StartsWith("using", StringComparison.Ordinal) ? source : Using + source, Library)).Expect(id);

    [Theory]
    [InlineData("[ExposureLogged(SamplingRate = 1)] public interface I { void Run(); }")]
    [InlineData("[ExposureLogged(SamplingRate = 0.0001)] public interface I { void Run(); }")]
    [InlineData("[ExposureLogged(\"a b\")] public interface I { void Run(); }")]
    [InlineData("[ExposureLogged(\"a\\ud83d\\ude00\")] public interface I { void Run(); }")]
    [InlineData("[ExposureLogged(null!)] public interface I { void Run(); }")]
    [InlineData("[ExposureLogged] public interface I { [Exposed] int P { get; } }")]
    [InlineData("[ExposureLogged(ExposeProperties = true)] public interface I { int P { get; } }")]
    [InlineData("public interface IBase { void Run(); } [ExposureLogged] public interface I : IBase { }")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureSubject] in System.Guid user, [ExposureTenant] int? tenant); }")]
    [InlineData("[ExposureLogged] public interface I<T> { void Run([ExposureSubject] T user); void Other([ExposureSubject] System.IFormattable user); }")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureAttribute(\"a\")] int one, [ExposureAttribute(\"A\")] int two); void Other([ExposureAttribute(\"a\")] int one); }")]
    [InlineData("public interface I { void Run([ExposureSubject] object user); }")]
    public async Task It_keeps_silent_on_near_misses(string source) => (await AnalyzerVerifier.OfAsync(Using + source)).Expect();

    [Fact]
    public async Task Suppression_is_honoured_and_generated_code_ignored()
    {
        const string zero = "[ExposureLogged(SamplingRate = 0)] public interface I { void Run(); }";

        (await AnalyzerVerifier.OfAsync(Using + "\n#pragma warning disable DP2002\n" + zero)).Expect();
        (await AnalyzerVerifier.OfAsync(Using + "[System.Diagnostics.CodeAnalysis.SuppressMessage(\"Exposure\", \"DP2002\")] " + zero)).Expect();
        (await AnalyzerVerifier.OfAsync(Using + zero, new AnalyzedProject { EditorConfig = "DP2002 none" })).Expect();
        (await AnalyzerVerifier.OfAsync("// <auto-generated/>\n" + Using + zero, new AnalyzedProject { IsGenerated = true })).Expect();
    }
}
