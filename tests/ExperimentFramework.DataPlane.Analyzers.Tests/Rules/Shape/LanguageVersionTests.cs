using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>Every version of C# from 7.3 on: proxies compile, or one error says which version they need.</summary>
public sealed class LanguageVersionTests
{
    /// <summary>What any version has.</summary>
    private const string Plain = """
        using ExperimentFramework.DataPlane;
        using System.Threading.Tasks;

        namespace Shop
        {
            [ExposureLogged("one", FallbackToControl = true, RecordOutcomes = true, AwaitAssignment = true, ExposeProperties = true)]
            public interface IOne<T> : System.IDisposable where T : class, new()
            {
                event System.EventHandler Changed;
                T Value { get; set; }
                string this[int row] { get; }
                Task<T> GetAsync<U>([ExposureSubject] string user, [ExposureAttribute] U amount, System.Threading.CancellationToken token = default) where U : struct;
                ValueTask RunAsync([ExposureSubject] string user, (int a, string b) pair);
                ref readonly int Peek(in int place, ref int other, out int last);
                void Many(params string[] more);
            }

            [ExposureLogged("two")]
            public interface ITwo : Contracts.IOld { }

            public class Order { }

            public class Setup
            {
                public void Run(ExperimentFrameworkBuilder b, System.Action<TrialBuilder<IOne<Order>>> one, System.Action<TrialBuilder<Contracts.IForeign>> foreign)
                {
                    b.WithExposureLogging();
                    b.Trial<IOne<Order>>(one).Trial<Contracts.IForeign>(foreign);
                }
            }
        }
        """;

    private const string Contracts = """
        using System;
        using System.Diagnostics.CodeAnalysis;
        using ExperimentFramework.DataPlane;

        namespace Contracts
        {
            public interface IOld { string Old(string user); }

            [ExposureLogged] public interface IForeign { string? Get([ExposureSubject] string user); T? Of<T>(T? value); void Static() { } static int Count => 1; }

            public interface IParams { void Run(params ReadOnlySpan<int> numbers); }

            public interface IRefReadonly { void Run(ref readonly int number); }

            public interface IScoped { void Run(scoped Span<int> numbers); }

            public interface IRefStruct { void Run<T>(T value) where T : allows ref struct; }

            public interface IRefStructs<T> where T : allows ref struct { void Run(T value); }

            public interface INative { nint Run(nuint number); unsafe delegate* unmanaged<int, void> Call(); int Init { init; } }

            public interface IVirtual { static virtual int Make() => 1; void Run(); }

            public interface IDefaults { int Get() => 1; private void Own() { } protected int Twice() => 2; }
        }
        """;

    private static readonly MetadataReference Library = AnalyzerVerifier.Library("#nullable enable\n" + Contracts, name: "contracts");

    public static TheoryData<LanguageVersion> Versions =>
        [.. Enum.GetValues<LanguageVersion>().Where(version => version is >= LanguageVersion.CSharp7_3 and < LanguageVersion.LatestMajor), LanguageVersion.Latest, LanguageVersion.Preview, LanguageVersion.Default];

    public static TheoryData<LanguageVersion> VersionsWithProxies => [.. Versions.Select(row => row.Data).Where(version => version is 0 or >= LanguageVersion.CSharp9)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Proxies_compile_or_one_error_names_the_lowest_version(LanguageVersion version)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Plain, new AnalyzedProject { LanguageVersion = version, MoreReferences = [Library] });

        Assert.Empty(analyzed.GeneratorDiagnostics);
        if (version is LanguageVersion.CSharp7_3 or LanguageVersion.CSharp8)
        {
            Assert.Empty(analyzed.Generated);
            Assert.Equal(["DP1005"], analyzed.Ids.Where(id => id.StartsWith("DP1", StringComparison.Ordinal)));
            Assert.Equal(
                $"'IOne<T>' cannot have an exposure proxy: generating 'IOne<T>' requires C# 9.0 or later, but this project uses C# {version.ToDisplayString()}: raise LangVersion, or remove it from the project",
                analyzed.Diagnostics.Single(diagnostic => diagnostic.Id == "DP1005").GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        }
        else
        {
            Assert.DoesNotContain("DP1005", analyzed.Ids);
            Assert.Equal(["Contracts.IForeign", "ExposureRegistrations", "Shop.IOne-1", "Shop.ITwo"], analyzed.ProxyNames.Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_project_without_proxies_compiles_with_its_constants(LanguageVersion version)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(
            "class Setup { void Run(ExperimentFramework.DataPlane.ExperimentFrameworkBuilder b) { b.WithExposureLogging(); b.Experiment(\"buy-button\", e => e.AddControl().AddVariant(\"green\")); } string Name() { return ExperimentFramework.DataPlane.Experiments.BuyButton.Variants.Green; } }",
            new AnalyzedProject { LanguageVersion = version });

        Assert.Empty(analyzed.Diagnostics);
    }

    [Fact]
    public async Task A_project_that_only_registers_what_needs_a_proxy_is_reported_at_the_call()
    {
        var analyzed = await AnalyzerVerifier.OfAsync(
            "class Setup { void Run(ExperimentFramework.DataPlane.ExperimentFrameworkBuilder b, System.Action<ExperimentFramework.DataPlane.TrialBuilder<Contracts.IForeign>> t) { b.WithExposureLogging(); b.Trial<[|Contracts.IForeign|]>(t); } }",
            new AnalyzedProject { LanguageVersion = LanguageVersion.CSharp8, MoreReferences = [Library] });

        Assert.Equal(analyzed.Expected, [Assert.Single(analyzed.Diagnostics, diagnostic => diagnostic.Id == "DP1005").Location.SourceSpan]);
    }

    [Fact]
    public async Task So_is_one_that_only_closes_a_generic_interface_of_an_assembly_with_the_proxy()
    {
        const string Far = "[ExperimentFramework.DataPlane.ExposureLogged] public interface IFar<T> { T Get([ExperimentFramework.DataPlane.ExposureSubject] string user); } public sealed class IFarExposureProxy<T> { public static void Register() { } }";

        var analyzed = await AnalyzerVerifier.OfAsync(
            "class Setup { void Run(ExperimentFramework.DataPlane.ExperimentFrameworkBuilder b, System.Action<ExperimentFramework.DataPlane.TrialBuilder<IFar<int>>> t) { b.WithExposureLogging(); b.Trial<[|IFar<int>|]>(t); } }",
            new AnalyzedProject { LanguageVersion = LanguageVersion.CSharp8, LibrarySource = Far });

        Assert.Equal(analyzed.Expected, [Assert.Single(analyzed.Diagnostics, diagnostic => diagnostic.Id == "DP1005").Location.SourceSpan]);
    }

    [Theory]
    [MemberData(nameof(VersionsWithProxies))]
    public async Task A_member_of_a_newer_assembly_compiles_or_its_error_names_the_version(LanguageVersion version)
    {
        var effective = version.MapSpecifiedToEffectiveVersion();
        var needed = new Dictionary<string, LanguageVersion>
        {
            ["IParams"] = LanguageVersion.CSharp13,
            ["IRefReadonly"] = LanguageVersion.CSharp12,
            ["IScoped"] = LanguageVersion.CSharp11,
            ["IRefStruct"] = LanguageVersion.CSharp13,
            ["INative"] = LanguageVersion.CSharp9,
            ["IVirtual"] = LanguageVersion.CSharp11,
            ["IDefaults"] = LanguageVersion.CSharp9,
        };

        var analyzed = await AnalyzerVerifier.OfAsync(
            "using ExperimentFramework.DataPlane;\n" + string.Concat(needed.Keys.Select(name => $"[ExposureLogged(\"{name}\")] public interface IMy{name} : Contracts.{name} {{ void More([ExposureSubject] string user); }}\n")),
            new AnalyzedProject { AllowUnsafe = true, LanguageVersion = version, MoreReferences = [Library] });

        Assert.Equal(
            needed.Where(pair => pair.Value > effective).Select(pair => "IMy" + pair.Key).Order(StringComparer.Ordinal),
            analyzed.Diagnostics.Where(diagnostic => diagnostic.Id == "DP1005").Select(diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Split('\'')[1]).Order(StringComparer.Ordinal));
        Assert.Equal(needed.Where(pair => pair.Value <= effective).Select(pair => "IMy" + pair.Key).Order(StringComparer.Ordinal), analyzed.ProxyNames.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp12, "DP1005")]
    [InlineData(LanguageVersion.CSharp13, null)]
    public async Task So_does_an_interface_whose_type_parameters_are_newer(LanguageVersion version, string? id)
    {
        const string tagged = "#nullable enable\n[ExperimentFramework.DataPlane.ExposureLogged] public interface IRefStructs<T> where T : allows ref struct { void Run(T value, [ExperimentFramework.DataPlane.ExposureSubject] string user); }";

        var analyzed = await AnalyzerVerifier.OfAsync(
            "class Setup { object Run(ExperimentFramework.DataPlane.ExperimentFrameworkBuilder b, System.Action<ExperimentFramework.DataPlane.TrialBuilder<IRefStructs<int>>> t) => b.WithExposureLogging().Trial<IRefStructs<int>>(t); }",
            new AnalyzedProject { LanguageVersion = version, MoreReferences = [AnalyzerVerifier.Library(tagged, name: "newer")] });

        Assert.Equal(id is null ? [] : [id], analyzed.Ids.Where(found => found.StartsWith("DP1", StringComparison.Ordinal)));
        Assert.Equal(id is null ? 2 : 0, analyzed.Proxies);
    }
}
