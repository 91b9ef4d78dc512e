namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP2005 and DP2003: which of attribute, registration and options counts, and how often a conflict is reported.</summary>
public sealed class ExperimentClaimTests
{
    private const string Types = """
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;

        [ExposureLogged("x")] public interface IOne { void Run([ExposureSubject] string user); }
        [ExposureLogged("hand", Semantics = ExposureSemantics.Explicit)] public interface IHand { void Run([ExposureSubject] string user); }
        [ExposureLogged("self", Semantics = ExposureSemantics.OnFirstUse)] public interface ISelf { void Run([ExposureSubject] string user); }
        [ExposureLogged("open")] public interface IOpen<T> { void Run([ExposureSubject] string user); }
        public sealed class V : IOne, IHand, ISelf, IOpen<int>, IOpen<string> { public void Run(string user) { } }
        public sealed class S : IVariantSelector { public VariantSelection Select(in SelectionContext context) => new("x", "y"); }

        """;

    private const string Other = "[ExposureLogged([|\"x\"|])] public interface IOther { void Run([ExposureSubject] string user); } public sealed class W : IOther { public void Run(string user) { } } ";
    private const string One = "b.Trial<IOne>(t => t.AddControl<V>().AddVariant<V>(\"b\"));";

    [Theory]
    [InlineData(One + " b.Trial<IOther>(t => t.AddControl<W>().AddVariant<W>(\"b\"));")]
    [InlineData(One + " b.Trial<IOther>(\"y\", t => t.AddControl<W>().AddVariant<W>(\"b\")); b.Trial<IOther>(t => t.AddControl<W>().AddVariant<W>(\"b\"));")]
    [InlineData(One)]
    [InlineData("")]
    public async Task Attributes_with_one_name_are_told_once_unless_every_registration_renames_one(string registrations) =>
        (await AnalyzerVerifier.OfProgramAsync(Types + Other + InClass(registrations))).Expect("DP2005");

    [Theory]
    [InlineData("b.Trial<IOther>(\"y\", t => t.AddControl<W>().AddVariant<W>(\"b\"));")]
    [InlineData(One + " b.Trial<IOther>(\"y\", t => t.AddControl<W>().AddVariant<W>(\"b\")); b.Trial<IOther>(\"z\", t => t.AddControl<W>().AddVariant<W>(\"b\"));")]
    public async Task An_interface_that_every_registration_renames_conflicts_with_none(string registrations) =>
        (await AnalyzerVerifier.OfProgramAsync(Types + Other.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal) + InClass(registrations))).Expect();

    [Fact]
    public async Task Open_registrations_have_names_that_are_not_known() => Assert.DoesNotContain(
        "DP2005",
        (await AnalyzerVerifier.OfProgramAsync(Types + "public class C { void M<T>(ExperimentFrameworkBuilder b) { b.Trial<IOpen<T>>(t => { }); b.Trial<IOpen<T>>(t => { }); } }")).Ids);

    [Theory]
    [InlineData("OnDecision", "IHand", "DP2003")]
    [InlineData("Explicit", "IHand", "DP2003")]
    [InlineData("Explicit", "ISelf", null)]
    [InlineData("OnDecision", "IOne", null)]
    public async Task The_semantics_of_an_attribute_win_over_those_of_the_options(string options, string service, string? id) => Assert.Equal(
        id is null ? [] : [id],
        (await AnalyzerVerifier.OfProgramAsync(Types + $"public class C {{ void M(IServiceCollection s) => s.AddDataBackplane(o => o.ExposureSemantics = ExposureSemantics.{options}).AddExposureLogging<{service}>(e => e.Using(new S())); }}")).Ids);

    private static string InClass(string registrations) => "public class C { void M(ExperimentFrameworkBuilder b) { " + registrations + " } }";
}
