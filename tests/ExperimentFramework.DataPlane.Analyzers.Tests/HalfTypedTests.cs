namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>Code that is being typed has the compiler's errors, and neither more nor an analyzer that fails.</summary>
public sealed class HalfTypedTests
{
    [Theory]
    [InlineData("class C { void M(DataPlaneOptions o) => o.SamplingRate = \"abc\"; }")]
    [InlineData("class C { void M(DataPlaneOptions o) => o.SamplingRate = true; }")]
    [InlineData("class C { void M(DataPlaneOptions o) => o.MaxQueueSize = 10000000000; }")]
    [InlineData("class C { object M() => new ExperimentOptions { RepeatCapacity = 5000000000 }; }")]
    [InlineData("class C { object M() => new ExperimentOptions { SamplingRate = 'x' }; }")]
    [InlineData("class C { void M(DataPlaneOptions o) => o.FailureMode = ; }")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureSubject] string user, List<Missing<>> more); }")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureSubject] string user); event  E; }")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureSubject] string user); void ([ExposureSubject] string user); }")]
    [InlineData("[ExposureLogged] public interface { void Run([ExposureSubject] string user); }")]
    [InlineData("[ExposureLogged(")]
    [InlineData("class C { void M(ExperimentFrameworkBuilder b) => b.Trial<>(t => t.AddControl<>()).Trial<(\"x\"); }")]
    public async Task It_is_left_to_the_compiler(string source) =>
        Assert.DoesNotContain((await AnalyzerVerifier.OfAsync("using ExperimentFramework.DataPlane; " + source, new AnalyzedProject { IsHalfTyped = true })).Ids, id => id is "AD0001" or "DP1001" or "DP4001");

    [Theory]
    [InlineData("private")]
    [InlineData("protected")]
    [InlineData("private protected")]
    public async Task An_interface_of_a_namespace_with_an_accessibility_of_members_is_left_to_the_compiler(string accessibility)
    {
        var analyzed = await AnalyzerVerifier.OfAsync($"[ExperimentFramework.DataPlane.ExposureLogged] {accessibility} interface I {{ void Run(string user); }}", new AnalyzedProject { IsHalfTyped = true });

        analyzed.Expect();
        Assert.Empty(analyzed.GeneratorDiagnostics);
        Assert.Equal(["CS1527"], analyzed.CompilerErrors.Select(error => error.Id));
    }

    [Theory]
    [InlineData("Missing A(Missing<int> x); void B(string s); event Missing2 E; Missing P { get; } int this[Missing i] { get; }")]
    [InlineData("void B(Missing x); void B(string y);")]
    [InlineData("void A(; int B(")]
    [InlineData("A(); P { get; }")]
    [InlineData("IX() {} ~IX() {} int f; static int g;")]
    [InlineData("void A(int x, int x); void B<T, T>(T x);")]
    [InlineData("void A(void x); void P { get; }")]
    [InlineData("var A(); var P { get; }")]
    [InlineData("string* A(); void[] B(); System.Collections.Generic.List<> C();")]
    [InlineData("void A<T>(T t) where T : T;")]
    [InlineData("System.Span<System.Span<int>> A();")]
    [InlineData("void A(__arglist, int x);")]
    [InlineData("partial void A(); public partial int B();")]
    [InlineData("extern void A(); async System.Threading.Tasks.Task B() { }")]
    [InlineData("void System.IDisposable.Dispose();")]
    [InlineData("required int P { get; set; } volatile int x; readonly int Q { get; }")]
    [InlineData("void A(this int x);")]
    [InlineData("int P { get; } void P(); event System.Action P;")]
    [InlineData("int P { private get => 1; set; } int Q { get; private set { } }")]
    [InlineData("[System.Obsolete(Missing)] void A(); [System.Obsolete(\"x\", nope)] void B(); [System.Obsolete(1, 2, 3)] void C(); [System.Obsolete(typeof(Missing))] void D();")]
    [InlineData("void A([ExposureSubject] __arglist); void B([ExposureSubject] ref string s); void C([ExposureSubject] out string s); void D([ExposureSubject(1)] string s); void E([ExposureAttribute(new[] { 1 })] string s);")]
    [InlineData("System.Console A(System.Math m);")]
    [InlineData("void A(IX x = null, decimal d = 1.5m, System.DateTime t = default, System.StringComparison c = (System.StringComparison)77, double n = double.NaN);")]
    public async Task No_member_takes_another_interface_along(string members)
    {
        foreach (var settings in new[] { "", ", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true" })
        {
            await AssertUntouched($"[ExposureLogged(\"x\"{settings})] public unsafe interface IX {{ {members} }}");
        }
    }

    [Theory]
    [InlineData("ExposureLogged(new string[0])")]
    [InlineData("ExposureLogged(Semantics = new int[0])")]
    [InlineData("ExposureLogged(Semantics = (ExposureSemantics)99, SamplingRate = double.NaN)")]
    [InlineData("ExposureLogged(nameof(IX), SamplingRate = 1 / 0.0)")]
    [InlineData("ExposureLogged(Missing)")]
    [InlineData("ExposureLogged(1, 2, 3)")]
    [InlineData("ExposureLogged(RecordOutcomes = null, Nope = 1)")]
    [InlineData("ExposureLogged(\"\\uD800\\0\\\"\")")]
    [InlineData("ExposureLogged(null)")]
    [InlineData("ExposureLogged(default)")]
    [InlineData("ExposureLogged<int>")]
    [InlineData("Missing.ExposureLogged")]
    [InlineData("ExposureLoggedAttribute(FallbackToControl = Missing)")]
    public Task No_tag_does(string tag) => AssertUntouched($"[{tag}] public interface IX {{ System.Threading.Tasks.Task A([ExposureSubject] string user); }}");

    [Theory]
    [InlineData("[ExposureLogged] public interface IX { void R(); } [ExposureLogged] public interface IX { void R(); }", 1)]
    [InlineData("[ExposureLogged] public interface IX { void R(); } [ExposureLogged] public interface IX { void S(); }", 1)]
    [InlineData("[ExposureLogged] public partial interface IX { void R(); } [ExposureLogged] public partial interface IX { void S(); }", 1)]
    [InlineData("[ExposureLogged] public partial interface IX { void R(); } [ExposureLogged(\"other\")] public interface IX { void S(); }", 1)]
    [InlineData("[ExposureLogged, ExposureLogged(\"x\")] public interface IX { void R(); }", 1)]
    [InlineData("[ExposureLogged] public interface IX<T> { void R(); } [ExposureLogged] public interface IX<U> { void R(); }", 1)]
    [InlineData("public class O { [ExposureLogged] public interface IX { void R(); } } public class O { [ExposureLogged] public interface IX { void R(); } }", 1)]
    [InlineData("public partial class O { [ExposureLogged] public interface IX { void R(); } } public partial class O { [ExposureLogged] public interface IX { void R(); } }", 1)]
    [InlineData("public class O { [ExposureLogged] public interface IX { void R(); } } public struct O { [ExposureLogged] public interface IX { void R(); } }", 0)]
    [InlineData("[ExposureLogged] public interface IX { void R(); } public class IX { }", 0)]
    [InlineData("public class O { [ExposureLogged] public interface IX { void R(); } public class IX { } }", 0)]
    [InlineData("[ExposureLogged] public interface { void R(); } [ExposureLogged] public interface { void S(); }", 0)]
    [InlineData("[ExposureLogged(\"a\")] public interface IX { void R(); } [ExposureLogged(\"b\")] public interface Ix { void R(); } [ExposureLogged(\"c\")] public interface iX { void R(); }", 3)]
    public async Task An_interface_that_is_there_twice_has_one_proxy_at_most(string source, int proxies)
    {
        var analyzed = await AssertUntouched(source);

        Assert.Equal(proxies + 1, analyzed.Proxies);
        Assert.DoesNotContain(analyzed.Ids, id => id.StartsWith("DP1", StringComparison.Ordinal));
    }

    private static async Task<AnalyzerVerifier> AssertUntouched(string source)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(
            "using ExperimentFramework.DataPlane; " + source + " [ExposureLogged(\"beside\")] public interface IBeside { string Run([ExposureSubject] string user); }",
            new AnalyzedProject { IsHalfTyped = true, AllowUnsafe = true });

        Assert.Empty(analyzed.GeneratorDiagnostics);
        Assert.DoesNotContain("AD0001", analyzed.Ids);
        Assert.Contains("IBeside", analyzed.ProxyNames);
        return analyzed;
    }
}
