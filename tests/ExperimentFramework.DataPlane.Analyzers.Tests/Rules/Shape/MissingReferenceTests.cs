using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>An interface of a reference that needs an assembly which the project does not have: the proxy that cannot be written is refused by name, and all others are written.</summary>
public sealed class MissingReferenceTests
{
    private const string Deep = """
        namespace Deep
        {
            public class Gone { }
            public class Gone<T> { }
            public struct GoneValue { }
            public enum GoneEnum { A }
            public interface IGone { void G(); }
            public interface IGoneFace : System.IFormattable { }
            public delegate void GoneHandler();
            public class GoneAttribute : System.Attribute { public GoneAttribute(System.Type t = null, GoneEnum e = GoneEnum.A) { } }
            public class GoneBase { }
        }
        """;

    private const string Mid = """
        using System; using System.Collections.Generic; using System.Threading.Tasks; using Deep; using ExperimentFramework.DataPlane;
        namespace Mid
        {
            public class Thing : GoneBase { public static implicit operator Thing(int x) => null; }
            public class Face : IGoneFace { public string ToString(string f, IFormatProvider p) => ""; }
            public class Lim<T> where T : IGone { }
            public class Lim2<T> where T : IPlain { }
            public class Lim3<TAny, T> where T : IPlain { }
            public class Arg : IGone { public void G() { } }
            public class ArgBehind : GoneBase, IPlain { }
            public class Outer<T> { public class In { } }
            public class Plain { }
            public interface IPlain { }
            public interface IOf<T> { T Get(); }
            public interface IEmptyOf<T> { }
            public interface ILimited<T> where T : IGone { }
            MEMBERS
        }
        """;

    private static readonly string[] Refused =
    [
        "Gone Get(string user);", "void Get(Gone x);", "Gone P { get; set; }", "event GoneHandler E;", "event Action<Gone> E;", "Gone this[int i] { get; }", "int this[Gone i] { get; }",
        "(Gone, int) Get();", "(int, (string, Gone)) Get();", "(int, int, int, int, int, int, int, Gone) Get();", "Gone[] Get();", "Gone[][] Get();", "Gone[,] Get();", "Task<List<Gone>> Get();",
        "IAsyncEnumerable<Gone> Get();", "void Get<T>(T t) where T : Gone;", "void Get<T>(T t) where T : IGone;", "void Get<T>(T t) where T : List<Gone>;", "void Get<T>(T t) where T : IEnumerable<IGone>;",
        "unsafe void Get(GoneValue* p);", "unsafe void Get(delegate*<Gone, void> p);", "unsafe delegate*<Gone> Get();", "unsafe delegate*<delegate*<Gone>, void> P { get; }",
        "unsafe void Get(delegate*<Gone, void>[] p);", "unsafe List<delegate*<Gone, void>[]> Get();", "void Get(in GoneValue x);", "void Get(ref Gone x);", "void Get(out Gone x);", "ref Gone Get();",
        "GoneValue? Get();", "void Get(GoneEnum e = GoneEnum.A);", "void Get(GoneValue v = default);", "Outer<Gone>.In Get();", "Gone<int> Get();", "Outer<Gone<string>[]>.In Get();",
        "[Obsolete] void Get(params Gone[] x);", "Lim<Arg> Get();", "Task<Lim<Arg>> Get();", "void Get(Lim<Arg> l);", "void Get<T>(Lim<T> l) where T : Arg;", "Lim2<ArgBehind> Get();", "Lim3<int, ArgBehind> Get();",
        "void Get(Thing t); void Get(Plain p);", "void Get(Face f); void Get(Plain p);", "void Get(Thing t); void Get(int p); void Get(string s);", "void Get(List<Thing> t); void Get(object o);", "void Get<T>(T t) where T : Thing; void Get<T>(List<T> l);",
        "void Get(string s); static void Get(Gone g) { }", "void Get(string s); sealed void Get(Gone g) { }",
        "void Get(Thing a); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void Get<T>(IEnumerable<T> p);",
    ];

    private static readonly string[] Carried =
    [
        "[Gone] void Get();", "void Get([Gone] int x);", "[return: Gone(typeof(Gone))] int Get();", "[Gone(typeof(Gone), GoneEnum.A)] int Get();", "Thing Get();", "Task<Thing> Get(Thing t);",
        "void Get(Arg a);", "void Get([ExposureAttribute] Thing f);", "void Get(string s); private void Get(Gone g) { }", "sealed void Other(Gone g) { } void Get();", "static Gone F; void Get();",
        "class Nested { public Gone G; } void Get();", "T Get<T>() where T : Thing;", "void Get<T>() where T : Thing, new();", "Action<Thing> P { get; set; }", "event Action<Thing> E;", "dynamic Get(dynamic[] d);",
    ];

    private static readonly string[] RefusedBases = ["IGone", "IOf<Gone>", "IEmptyOf<Gone>", "IEnumerable<Gone>", "ILimited<Arg>"];

    private static readonly MetadataReference DeepReference = AnalyzerVerifier.Library(Deep, name: "deep");

    [Theory]
    [InlineData("")]
    [InlineData(", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true")]
    public async Task A_member_that_needs_the_missing_assembly_is_refused_and_all_other_proxies_are_written_and_compile(string settings)
    {
        var members = Refused.Concat(Carried).ToArray();
        var mid = AnalyzerVerifier.Library(
            Mid.Replace("MEMBERS", string.Concat(members.Select((member, i) => $"public interface IMid{i} {{ {member} }}\n")), StringComparison.Ordinal), name: "mid", references: [DeepReference]);

        var analyzed = await AnalyzerVerifier.OfAsync(
            "using ExperimentFramework.DataPlane;\n#pragma warning disable CS0612\n" + string.Concat(members.Select((_, i) => $"[ExposureLogged(\"e{i}\"{settings})] public interface IX{i} : Mid.IMid{i};\n"))
                + "[ExposureLogged(\"other\")] public interface IOther { string Run([ExposureSubject] string user); }",
            new AnalyzedProject { AllowUnsafe = true, MoreReferences = [mid] });

        Assert.Empty(analyzed.GeneratorDiagnostics);
        Assert.DoesNotContain("AD0001", analyzed.Ids);
        Assert.Equal(Refused, analyzed.Diagnostics.Where(diagnostic => diagnostic.Id == "DP1001").Select(IndexOf).Distinct().Select(i => members[i]));
        Assert.Equal(
            Enumerable.Range(Refused.Length, Carried.Length).Select(i => $"IX{i}").Append("IOther").Order(StringComparer.Ordinal),
            analyzed.ProxyNames.Order(StringComparer.Ordinal));
        Assert.Contains(analyzed.Diagnostics, diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)
            .EndsWith("'IMid0.Get(string)' cannot be forwarded, because it needs 'Gone', which cannot be found: reference the assembly 'deep' that defines it", StringComparison.Ordinal));

        static int IndexOf(Diagnostic diagnostic) => int.Parse(
            diagnostic.Location.SourceTree!.GetText(CancellationToken.None).ToString(diagnostic.Location.SourceSpan)["IX".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_base_interface_that_needs_the_missing_assembly_is_refused()
    {
        var mid = AnalyzerVerifier.Library(
            Mid.Replace("MEMBERS", string.Concat(RefusedBases.Select((type, i) => $"public interface IMid{i} : {type} {{ void Run(); }}\n")), StringComparison.Ordinal), name: "mid", references: [DeepReference]);

        // The compiler reports the missing base too.
        var analyzed = await AnalyzerVerifier.OfAsync(
            "using ExperimentFramework.DataPlane;\n" + string.Concat(RefusedBases.Select((_, i) => $"[ExposureLogged(\"e{i}\")] public interface IX{i} : Mid.IMid{i};\n"))
                + "[ExposureLogged(\"other\")] public interface IOther { string Run([ExposureSubject] string user); }",
            new AnalyzedProject { IsHalfTyped = true, MoreReferences = [mid] });

        Assert.Empty(analyzed.GeneratorDiagnostics);
        Assert.Empty(analyzed.GeneratedErrors);
        Assert.DoesNotContain("AD0001", analyzed.Ids);
        Assert.Equal(RefusedBases.Length, analyzed.Diagnostics.Where(diagnostic => diagnostic.Id == "DP1001").Select(diagnostic => diagnostic.Location.SourceSpan).Distinct().Count());
        Assert.Equal(["IOther"], analyzed.ProxyNames);
    }

    [Theory]
    [InlineData("[ExposureLogged(\"m\")] public interface IMid : IOf<Gone> { void Run(); }", "Mid.IMid")]
    [InlineData("[ExposureLogged(\"m\")] public interface IMid : IEmptyOf<Gone> { void Run(); }", "Mid.IMid")]
    [InlineData("[ExposureLogged(\"m\")] public interface IMid : ILimited<Arg> { void Run(); }", "Mid.IMid")]
    [InlineData("[ExposureLogged(\"m\")] public interface IMid { void Run(Gone x); }", "Mid.IMid")]
    [InlineData("[ExposureLogged(\"m\")] public interface IMid<T> { void Run(Gone x); T Get(); }", "Mid.IMid<int>")]
    public async Task At_a_call_that_would_have_the_proxy_written_it_is_refused_too(string declaration, string service)
    {
        var mid = AnalyzerVerifier.Library(Mid.Replace("MEMBERS", declaration, StringComparison.Ordinal), name: "mid", references: [DeepReference]);

        var analyzed = await AnalyzerVerifier.OfAsync(
            $"using ExperimentFramework.DataPlane; public class R {{ public void M(ExperimentFrameworkBuilder b, System.Action<TrialBuilder<{service}>> t) => b.Trial<[|{service}|]>(t); }}"
                + "[ExposureLogged(\"other\")] public interface IOther { string Run([ExposureSubject] string user); }",
            new AnalyzedProject { MoreReferences = [mid] });

        Assert.Empty(analyzed.GeneratorDiagnostics);
        Assert.DoesNotContain("AD0001", analyzed.Ids);
        Assert.Equal(analyzed.Expected, analyzed.Diagnostics.Where(diagnostic => diagnostic.Id == "DP1001").Select(diagnostic => diagnostic.Location.SourceSpan).Distinct());
        Assert.Equal(["IOther"], analyzed.ProxyNames);
    }

    [Fact]
    public async Task With_the_reference_nothing_is_refused()
    {
        var members = Refused.Take(36).ToArray();
        var mid = AnalyzerVerifier.Library(
            Mid.Replace("MEMBERS", string.Concat(members.Select((member, i) => $"public interface IMid{i} {{ {member} }}\n")), StringComparison.Ordinal), name: "mid", references: [DeepReference]);

        var analyzed = await AnalyzerVerifier.OfAsync(
            "using ExperimentFramework.DataPlane;\n#pragma warning disable CS0612\n" + string.Concat(members.Select((_, i) => $"[ExposureLogged(\"e{i}\", AwaitAssignment = true)] public interface IX{i} : Mid.IMid{i};\n")),
            new AnalyzedProject { AllowUnsafe = true, MoreReferences = [mid, DeepReference] });

        Assert.DoesNotContain("DP1001", analyzed.Ids);
        Assert.Equal(members.Length, analyzed.Proxies);
    }
}
