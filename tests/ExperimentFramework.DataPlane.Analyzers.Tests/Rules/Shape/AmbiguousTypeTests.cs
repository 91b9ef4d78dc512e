using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>A type that generated code would not mean by its name, because there are several of that name, is refused; one that it means is not.</summary>
public sealed class AmbiguousTypeTests
{
    private const string Types = "namespace Dup { public class P { } public class P<T> { } public struct V { } public interface IB { void B(); } }";

    private const string Own = "namespace Dup { class P { } class P<T> { } struct V { } interface IB { } }";

    private static readonly string[] Declarations =
    [
        "interface IUse { Dup.P Get(string u); }", "interface IUse { Dup.P<int> Get(); }", "interface IUse { void Get(System.Collections.Generic.List<Dup.P[]> l); }", "interface IUse { void Get<T>(T t) where T : Dup.P; }",
        "unsafe interface IUse { void Get(delegate*<Dup.P, void> p); }", "interface IUse { event System.Action<Dup.P> E; }", "interface IUse { (Dup.P a, int b) P { get; } }", "unsafe interface IUse { void Get(Dup.V* v); }",
        "interface IUse { Dup.V? Get(); }", "interface IUse : Dup.IB { }",
    ];

    private static readonly MetadataReference One = AnalyzerVerifier.Library(Types, name: "one");
    private static readonly MetadataReference Two = AnalyzerVerifier.Library(Types, name: "two");
    private static readonly MetadataReference Hidden = AnalyzerVerifier.Library("namespace Dup { class P { } class P<T> { } struct V { } interface IB { } }", name: "hidden");
    private static readonly MetadataReference TypeOfThatName = AnalyzerVerifier.Library("public class Dup { }", name: "type");
    private static readonly MetadataReference NamespaceOfThatName = AnalyzerVerifier.Library("namespace Dup.P { public class X { } } namespace Dup.V { public class X { } } namespace Dup.IB { public class X { } }", name: "space");

    public static TheoryData<string, string?> Projects => new()
    {
        { "one reference", null },
        { "two references", "'one' and 'two' define it" },
        { "the project too", "this project defines a type with that name" },
        { "an internal type elsewhere", null },
        { "the other under an alias", null },
        { "this one under an alias", "'one' is referenced only under an extern alias" },
        { "only under an alias", "'one' is referenced only under an extern alias" },
        { "an alias and none", null },
        { "a type with the namespace's name", "a type has the same name as its namespace" },
        { "an own type with the namespace's name", "a type has the same name as its namespace" },
    };

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task It_is_refused_where_its_name_means_another_type_or_several(string project, string? reason)
    {
        var (own, types) = Set(project);
        var use = AnalyzerVerifier.Library(string.Concat(Declarations.Select((declaration, i) => "public " + declaration.Replace("IUse", "IUse" + i, StringComparison.Ordinal) + "\n")), name: "use", references: [One]);

        var analyzed = await AnalyzerVerifier.OfAsync(
            "using ExperimentFramework.DataPlane;\n" + string.Concat(Declarations.Select((_, i) => $"[ExposureLogged(\"e{i}\", AwaitAssignment = true, ExposeProperties = true)] public interface IX{i} : IUse{i};\n"))
                + "[ExposureLogged(\"other\")] public interface IOther { string Run([ExposureSubject] string user); }" + own,
            new AnalyzedProject { AllowUnsafe = true, MoreReferences = [use, .. types] });

        Assert.Empty(analyzed.GeneratorDiagnostics);
        Assert.Equal(reason is null ? 0 : Declarations.Length, analyzed.Diagnostics.Where(diagnostic => diagnostic.Id == "DP1001").Select(diagnostic => diagnostic.Location).Distinct().Count());
        Assert.Equal(reason is null ? Declarations.Length + 1 : 1, analyzed.Proxies);
        Assert.All(analyzed.Diagnostics.Where(diagnostic => diagnostic.Id == "DP1001"), diagnostic => Assert.Contains(
            reason!, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_namespace_of_the_types_name_hides_it()
    {
        var use = AnalyzerVerifier.Library("public interface IUse { Dup.P Get(string u); } public interface IUse2 { Dup.P<int> Get(string u); }", name: "use", references: [One]);

        var analyzed = await AnalyzerVerifier.OfAsync(
            "using ExperimentFramework.DataPlane; [ExposureLogged(\"a\")] public interface [|IX|] : IUse; [ExposureLogged(\"b\")] public interface IY : IUse2;",
            new AnalyzedProject { MoreReferences = [use, One, NamespaceOfThatName] });

        Assert.Contains("a namespace has the same name", Assert.Single(analyzed.Diagnostics, diagnostic => diagnostic.Id == "DP1001").GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Equal(["IY"], analyzed.ProxyNames);
    }

    [Theory]
    [InlineData("System.Runtime.CompilerServices", "ModuleInitializerAttribute", true)]
    [InlineData("System.CodeDom.Compiler", "GeneratedCodeAttribute", false)]
    [InlineData("System.ComponentModel", "EditorBrowsableAttribute", false)]
    [InlineData("System.Diagnostics", "DebuggerStepThroughAttribute", false)]
    [InlineData("System", "Exception", false)]
    public async Task So_is_what_every_proxy_needs(string space, string name, bool mayBeOwn)
    {
        const string shape = "[ExperimentFramework.DataPlane.ExposureLogged] public interface IX { string Run([ExperimentFramework.DataPlane.ExposureSubject] string user); }";
        var type = $"namespace {space} {{ public class {name} : System.Attribute {{ }} }}";

        var twice = await AnalyzerVerifier.OfAsync(shape, new AnalyzedProject { MoreReferences = [AnalyzerVerifier.Library(type, name: "poly")] });
        var own = await AnalyzerVerifier.OfAsync(shape + type);

        Assert.Contains(twice.Diagnostics, diagnostic => diagnostic.Id == "DP1001" && diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Contains("'poly' define it", StringComparison.Ordinal));
        Assert.Equal(0, twice.Proxies);
        Assert.Equal(mayBeOwn ? 1 : 0, own.Proxies);
        Assert.Equal(mayBeOwn, !own.Ids.Contains("DP1001"));
    }

    [Fact]
    public async Task An_interface_that_the_project_defines_too_has_only_the_projects_proxy()
    {
        var contracts = AnalyzerVerifier.Library("namespace C { [ExperimentFramework.DataPlane.ExposureLogged] public interface IFoo { void R(); } }", name: "contracts");

        var analyzed = await AnalyzerVerifier.OfAsync(
            "extern alias a; using ExperimentFramework.DataPlane; namespace C { [ExposureLogged(\"own\")] public interface IFoo { void R([ExposureSubject] string user); } }"
                + " class R { void M(ExperimentFrameworkBuilder b, System.Action<TrialBuilder<a::C.IFoo>> t, System.Action<TrialBuilder<C.IFoo>> u) => b.Trial<[|a::C.IFoo|]>(t).Trial<C.IFoo>(u); }",
            new AnalyzedProject { MoreReferences = [contracts.WithAliases(["a", "global"])] });

        Assert.Empty(analyzed.GeneratorDiagnostics);
        Assert.Contains("DP1001", analyzed.Ids);
        Assert.Equal(["C.IFoo"], analyzed.ProxyNames);
    }

    private static (string Own, MetadataReference[] Types) Set(string project) => project switch
    {
        "one reference" => ("", [One]),
        "two references" => ("", [One, Two]),
        "the project too" => (Own, [One]),
        "an internal type elsewhere" => ("", [One, Hidden]),
        "the other under an alias" => ("", [One, Two.WithAliases(["other"])]),
        "this one under an alias" => ("", [One.WithAliases(["one"]), Two]),
        "only under an alias" => ("", [One.WithAliases(["one"])]),
        "an alias and none" => ("", [One.WithAliases(["one", "global"])]),
        "a type with the namespace's name" => ("", [One, TypeOfThatName]),
        _ => ("class Dup { }", [One]),
    };
}
