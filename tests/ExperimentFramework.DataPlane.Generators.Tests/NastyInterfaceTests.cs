using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>Interfaces that once broke the generated code, each with and without code after the call.</summary>
public sealed class NastyInterfaceTests
{
    private static readonly string[] Flavours = ["", "FallbackToControl = true", "RecordOutcomes = true", "AwaitAssignment = true", "FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true"];

    public static TheoryData<string> Carried =>
    [
        "[Obsolete(\"x\", DiagnosticId = \"OLD\")] public interface IOld { void M(); }\n#pragma warning disable OLD\n[TAG] public interface IT : IOld { void N(IOld old); }",
        "[Experimental(\"EXP\")] public interface INew { void M(); }\n#pragma warning disable EXP\n[TAG] public interface IT : INew { Task<INew> N(INew value); }",
        "#pragma warning disable CS8981\n[TAG] public interface IT<t> { t M(t value); Task<u> N<u>(u value); }",
        "[TAG] public interface IT<T> where T : class { ref T A(ref T x); ref string B(); ref dynamic C(); ref readonly T? D(); [return: MaybeNull] T E(); }",
        "[TAG] public interface IT { Task<int>? A(); Task? B(); IAsyncEnumerable<int>? C(); Task<string?> D(); ValueTask<string?> E(); IAsyncEnumerable<string?> F(); }",
        "[TAG] public interface IT { ref Task A(); ref readonly ValueTask<int> B(); ref Task<int> C(ref Task<int> task); }",
        "public ref struct Item { } [TAG] public interface IT { IAsyncStream<Item> A(); Span<int> B(Span<int> span); ReadOnlySpan<char> C(string text); } public interface IAsyncStream<T> where T : allows ref struct { }",
        "public interface IBase<T> { void M(T x); T N(); } public interface IA : IBase<string> { } public interface IB : IBase<string?> { } [TAG] public interface IT : IA { }",
        "[TAG(\"one\")] public interface IFoo { void M(); } [TAG(\"two\")] public interface IFOO { void M(); }",
        "public class Outer { [TAG(\"one\")] public interface IInner { void M(); } } [TAG(\"two\")] public interface Outer_IInner { void M(); } public class Outer_ { [TAG(\"three\")] public interface IInner { void M(); } }",
        "public partial class Outer { [TAG(\"one\")] private interface IA { void M(); } private partial class Inner { [TAG(\"two\")] private interface IA { void M(); } } }",
        "public partial class Base { [TAG(\"one\")] protected interface IX { void M(); } } public partial class Derived : Base { [TAG(\"two\")] protected new interface IX { void M(); } }",
        "[TAG] public unsafe interface IT { Task A(int*[] p); Task<int> B(List<int*[]> p); Task<U*[]> C<U>() where U : unmanaged; IAsyncEnumerable<int*[]> D(); }",
        "#pragma warning disable CS8981\n[TAG] public interface IT { Task<call> A<call, task, exception, result, enqueued>(); call B<call, exception, result>(); IAsyncEnumerable<variant> C<variant>(); }",
        "[TAG] public interface IT<T> { void M<U>(int T1, T t);\n#pragma warning disable CS0693\nvoid N<T>(int T1, T t); }",
        "#pragma warning disable CS8981\n[TAG] public interface IT<decorator, Register, ITExposureProxy> { decorator M(Register a, ITExposureProxy b); Task<decorator> N(); }",
        "#pragma warning disable CS0693\npublic class Outer<T> { [TAG] public interface IX<T> { T M(T value); } }",
        "[TAG] public interface IT { Task A([NotNull] string? x); [DoesNotReturn] void B(); void C([DisallowNull] string? x); }",
        "public interface IS<T> where T : IS<T> { static abstract int X { get; } } [TAG] public interface IT : IB { void IB.A() { } void M(); } public interface IB { protected void A(); }",
        "[TAG] public interface IT { [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M(Guid x); void M(int y); void N<T>(T x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void N<T, U>(T x); }",
        "[TAG] public interface IT { (dynamic a, List<dynamic> b) M((int @class, dynamic?) x); unsafe delegate* unmanaged[Cdecl]<int, void> F(); nint N(nuint x); }",
        "[TAG] public interface IT { void M(int @value, int value1); int this[int value1] { get; set; } event Action<dynamic?>? E; }",
        "[Obsolete(\"gone\", true)] public class Old { } [Obsolete] public static class Legacy { public static class Inner { [TAG] public interface IT { void M(Old x); Task<Old> N(Old x); } } }",
        "#pragma warning disable CS8981\n[TAG] public interface IT { Task M<queued>(); Task<queued> N<queued>(queued x); }",
        "public interface IBase<T> { void M<U>(U x, T y); void M<U>(T x, U y, int z); void N<U>(List<U> x); void N<U>(List<T> x, int y); } [TAG] public interface IT : IBase<string> { }",
        "[TAG] public interface IT { void M<T>([ExposureSubject] T? id) where T : struct; [NotExposed] string Run() => Hook(); protected string Hook() => \"\"; }",
        "[TAG] public interface IT { [RequiresDynamicCode(null!)] Task<int> M(); [Obsolete(\"x\", true)] Task<int> N(); [Obsolete] int P { get; set; } }",
        "[TAG] public interface IT { void M(out System.Threading.CancellationToken token); Task N([ExposureSubject] string id, System.Threading.CancellationToken one, System.Threading.CancellationToken two); }",
        "[TAG] public interface IT { void A([ExposureSubject] out string id, [ExposureTenant] out string tenant); void B([ExposureSubject] string one, [ExposureTenant] string two, [ExposureSubject] string three, [ExposureTenant] string four); }",
        "[TAG] public interface IT { void Dispose(); ValueTask DisposeAsync(); bool Equals(IT other); void ToString(int base1); }",
        "public partial record struct Outer { private partial record Inner { [TAG] internal interface IT { void M(); } } private partial interface IInside { [TAG(\"two\")] protected interface IU { void M(); } } }",
        "[TAG] public interface IT { void M(int x); void M(long x); void M(object x); void N<T>(T x); void N(string x); }",
        "[TAG] public interface IT { [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M(ref int x); void M(int x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void N<T>(T[,] x); void N<T>(T[] x); }",
        "[TAG] public interface IT { [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M(string x, params int[] rest); void M(int x, int y); }",
        "public ref struct Code : IFormattable { public string ToString(string? format, IFormatProvider? provider) => \"\"; } [TAG] public interface IT { void M([ExposureSubject] Code id); void N<T>([ExposureSubject] T id) where T : allows ref struct; }",
        "[TAG] public interface IT { T A<T>(T x) where T : allows ref struct; Span<T> B<T>(T x); void C<T>(T x, in T y) where T : allows ref struct; }",
        "[TAG] internal interface IT<T> where T : Hidden { T M(Hidden x); } internal class Hidden { }",
        "[TAG] public interface IT { T A<T>() where T : notnull, new(); T? B<T>(T? x) where T : struct, Enum; Task<T?> C<T>(T? x) where T : class?; T? D<T>() where T : Delegate; void E<T, U>() where T : U; Task<T> F<T>() where T : unmanaged, IComparable<T>; }",
    ];

    [Theory]
    [MemberData(nameof(Carried))]
    public void It_compiles_in_every_flavour(string source)
    {
        foreach (var flavour in Flavours)
        {
            var tagged = source.Replace("[TAG]", $"[ExposureLogged({flavour})]", StringComparison.Ordinal)
                .Replace("[TAG(", flavour.Length == 0 ? "[ExposureLogged(" : $"[ExposureLogged({flavour}), Alias(", StringComparison.Ordinal);
            var compilation = ProxyCompiler.CompileCleanly(ProxyCompiler.Compilation(
                "using System; using System.Collections.Generic; using System.Diagnostics.CodeAnalysis; using System.Threading.Tasks; using ExperimentFramework.DataPlane;\n"
                + tagged + "\npublic sealed class AliasAttribute(string name) : Attribute { public string Name => name; }",
                allowUnsafe: true));
            Assert.Equal(CountOf("TAG", source), compilation.SyntaxTrees.Count() - 1);
        }
    }

    [Fact]
    public void An_interface_that_two_assemblies_write_the_proxy_of_is_no_conflict()
    {
        const string contracts = "[ExperimentFramework.DataPlane.ExposureLogged] public interface IFoo<T> { void M(); }";
        var bare = Image(ProxyCompiler.Compilation(contracts), "Contracts");
        var host = ProxyCompiler.Compilation("""
            using System.Runtime.CompilerServices;
            using ExperimentFramework.DataPlane;
            [assembly: InternalsVisibleTo("Subject")]
            public static class Host { public static object Register() => ExperimentFrameworkBuilder.Create().Trial<IFoo<int>>(trial => { }); }
            """).AddReferences(bare);
        ProxyCompiler.Driver().RunGeneratorsAndUpdateCompilation(host, out var hostWithProxies, out _);
        var tests = ProxyCompiler.Compilation("public static class Tests { public static object Register() => ExperimentFramework.DataPlane.ExperimentFrameworkBuilder.Create().Trial<IFoo<int>>(trial => { }); }")
            .AddReferences(bare, Image((CSharpCompilation)hostWithProxies, "Host"));

        ProxyCompiler.Driver().RunGeneratorsAndUpdateCompilation(tests, out var withProxies, out var diagnostics);

        Assert.Empty(diagnostics);
        Assert.Empty(withProxies.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && diagnostic.Id != "CS1591"));
    }

    [Fact]
    public void The_first_of_several_tags_and_tokens_counts()
    {
        var proxy = ProxyCompiler.CompileCleanly("""
            using System.Threading;
            using ExperimentFramework.DataPlane;
            [ExposureLogged(FallbackToControl = true)]
            public interface IT
            {
                System.Threading.Tasks.Task M([ExposureSubject] string one, [ExposureTenant] string two, [ExposureSubject] string three, [ExposureTenant] string four, CancellationToken five, CancellationToken six);
            }
            """).SyntaxTrees.Last().ToString();

        Assert.Contains("one, null, two, cancellationToken: five)", proxy, StringComparison.Ordinal);
        Assert.Contains("six), five)", proxy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.1 + 0.2", "0.30000000000000004D")]
    [InlineData("1", "1D")]
    [InlineData("double.NaN", "double.NaN")]
    [InlineData("double.PositiveInfinity", "double.PositiveInfinity")]
    [InlineData("double.NegativeInfinity", "double.NegativeInfinity")]
    public void A_sampling_rate_is_written_exactly(string said, string written) => Assert.Contains(
        $"SamplingRate = {written} ",
        ProxyCompiler.CompileCleanly($"[ExperimentFramework.DataPlane.ExposureLogged(SamplingRate = {said})] public interface IT {{ void M(); }}").SyntaxTrees.Last().ToString(),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("Obsolete", "Missing.Text")]
    [InlineData("Obsolete", "\"x\", DiagnosticId = Missing.Id")]
    [InlineData("Experimental", "\"x\", UrlFormat = Missing.Url")]
    public void An_attribute_with_a_value_that_nothing_defines_is_left_out(string attribute, string arguments)
    {
        var project = ProxyCompiler.Compilation(
            $"using System; using System.Diagnostics.CodeAnalysis; [ExperimentFramework.DataPlane.ExposureLogged] public interface IT {{ [{attribute}({arguments})] void M(); }}");

        var result = ProxyCompiler.Driver().RunGenerators(project).GetRunResult();

        Assert.DoesNotContain(attribute, Assert.Single(result.GeneratedTrees).ToString(), StringComparison.Ordinal);
    }

    private static int CountOf(string text, string source) => source.Split('[' + text).Length - 1;

    private static PortableExecutableReference Image(CSharpCompilation compilation, string name)
    {
        using var stream = new MemoryStream();
        var options = compilation.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default);
        var result = compilation.WithAssemblyName(name).WithOptions(options).Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return MetadataReference.CreateFromImage(stream.ToArray());
    }
}
