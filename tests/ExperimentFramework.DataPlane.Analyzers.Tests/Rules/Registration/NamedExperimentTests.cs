using System.Globalization;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>The rules about registrations also concern experiments without an interface.</summary>
public sealed class NamedExperimentTests
{
    private const string Two = "e.AddControl().AddVariant(\"b\")";

    [Theory]
    [InlineData("e.AddControl().AddVariant(\"a\").AddVariant([|\"A\"|])", "The variants of 'x' are invalid: the key 'A' is used twice; give each variant its own key")]
    [InlineData("e.AddControl(\"old\").AddVariant([|\"OLD\"|])", "The variants of 'x' are invalid: the key 'OLD' is used twice; give each variant its own key")]
    [InlineData("e.AddControl().AddVariant([|\"Control\"|])", "The variants of 'x' are invalid: the key 'Control' is reserved for control; call AddControl() or use another key")]
    [InlineData("e.AddControl(\"old\").AddVariant([|\"control\"|])", "The variants of 'x' are invalid: the key 'control' is reserved for control; call AddControl() or use another key")]
    [InlineData("e.AddControl([|\"a \"|]).AddVariant(\"b\")", "The variants of 'x' are invalid: the key 'a ' begins or ends with white space")]
    [InlineData("e.AddControl().WithValue(\"price\", 1).AddVariant(\"b\", [|-1|]).WithValue(\"price\", 2)", "The variants of 'x' are invalid: the weight -1 must be a finite number of 0 or more")]
    [InlineData("{ e.AddControl().AddVariant(\"b\"); e.[|AddControl|](\"c\"); }", "The variants of 'x' are invalid: there is a second control; keep one AddControl() and give each other variant its own key")]
    public async Task Invalid_variants_are_reported(string experiment, string message)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(Source(experiment));

        analyzed.Expect("DP4004");
        Assert.Equal(message, analyzed.Message);
    }

    [Theory]
    [InlineData("DP4004", "e.AddVariant(\"b\")", "The variants of 'x' are invalid: there is no control; call AddControl() once")]
    [InlineData("DP4004", "e.AddControl(weight: 0).AddVariant(\"b\", 0)", "The variants of 'x' are invalid: all weights are 0; give at least one variant a weight above 0")]
    [InlineData("DP4011", "e.AddControl()", "The experiment 'x' has only one variant, 'control', so there is nothing to compare: call AddVariant(key)")]
    [InlineData("DP4011", "e.AddControl(\"old\")", "The experiment 'x' has only one variant, 'old', so there is nothing to compare: call AddVariant(key)")]
    [InlineData("DP4011", "e.AddControl(key)", "The experiment 'x' has only one variant so there is nothing to compare: call AddVariant(key)")]
    [InlineData("DP4011", "e.AddControl(\"old\").AddVariant(\"b\", 0)", "The experiment 'x' serves variant 'old' to every subject, because it has all the weight: give another variant a weight above 0")]
    [InlineData("DP2003", "{ " + Two + "; e.WithSemantics([|ExposureSemantics.Explicit|]); }", "'x' records exposures only when code asks for it, but nothing calls LogExposureAsync, IExperiments.ExposeAsync or IExposureRecorder.RecordAsync for it")]
    [InlineData("DP4005", "{ " + Two + "; e.WithPolicy([|AssignmentPolicy.GloballySticky|]); }", "AssignmentPolicy.GloballySticky needs an assignment store that all hosts share, but none is registered; call AddRedisAssignmentStore(...) or AddPostgreSqlAssignmentStore(...)")]
    public async Task A_mistake_of_the_whole_experiment_is_reported(string id, string experiment, string message)
    {
        var marked = experiment.Contains("[|", StringComparison.Ordinal);
        var analyzed = await AnalyzerVerifier.OfProgramAsync(marked ? Source(experiment) : Source(experiment).Replace(".Experiment(", ".[|Experiment|](", StringComparison.Ordinal));

        analyzed.Expect(id);
        Assert.Equal(message, analyzed.Message);
    }

    [Fact]
    public async Task An_experiment_whose_name_is_not_known_is_named_by_its_call()
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(Source("e.AddControl()").Replace(".Experiment(\"x\"", ".[|Experiment|](key", StringComparison.Ordinal));

        analyzed.Expect("DP4011");
        Assert.Equal("The experiment 'Experiment(...)' has only one variant, 'control', so there is nothing to compare: call AddVariant(key)", analyzed.Message);
    }

    [Theory]
    [InlineData(Two)]
    [InlineData("e.AddControl(\"old\", 0.1).WithValue(\"price\", 1).AddVariant(\"new\", 0.9).WithValue(\"price\", 2)")]
    [InlineData("e.AddControl(key).AddVariant(\"b\")")]
    [InlineData("e.AddControl().AddVariant(key).AddVariant(\"b\")")]
    [InlineData("e.AddControl().AddVariant(\"b\", 0).AddVariant(\"c\", weight)")]
    [InlineData("{ " + Two + "; e.WithPolicy(AssignmentPolicy.SessionSticky).WithSemantics(ExposureSemantics.OnFirstUse); }")]
    [InlineData("{ e.AddControl(); if (weight > 1) { e.AddVariant(\"b\"); } }")]
    [InlineData("{ e.AddControl(); More(e); }")]
    public async Task What_is_right_or_not_known_is_left_alone(string experiment) => (await AnalyzerVerifier.OfProgramAsync(Source(experiment))).Expect();

    [Theory]
    [InlineData("b.Trial<IBanner>(\"x\", t => t.AddControl<Banner>().AddVariant<Banner>(\"b\")).[|Experiment|](\"x\", e => " + Two + ")", "'Experiment(...)' uses the experiment name 'x', which is already used by 'IBanner'")]
    [InlineData("b.Experiment(\"x\", e => " + Two + ").Trial<[|IBanner|]>(\"x\", t => t.AddControl<Banner>().AddVariant<Banner>(\"b\"))", "'IBanner' uses the experiment name 'x', which is already used by 'Experiment(...)'")]
    [InlineData("b.Experiment(\"banner\", e => " + Two + ").Trial<[|IBanner|]>(t => t.AddControl<Banner>().AddVariant<Banner>(\"b\"))", "'IBanner' uses the experiment name 'banner', which is already used by 'Experiment(...)'")]
    [InlineData("b.Experiment(\"x\", e => " + Two + ").[|Experiment|](\"x\", e => " + Two + ")", "'Experiment(...)' uses the experiment name 'x', which is already used by an earlier Experiment(...)")]
    public async Task A_name_that_the_builder_has_already_is_reported(string registration, string message)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(Registered(registration));

        analyzed.Expect("DP2005");
        Assert.Equal(message, analyzed.Message);
    }

    [Theory]
    [InlineData("b.Experiment(\"x\", e => " + Two + ").Experiment(\"y\", e => " + Two + ")")]
    [InlineData("b.Experiment(\"x\", e => " + Two + ").Experiment(key, e => " + Two + ")")]
    [InlineData("(b.Experiment(\"x\", e => " + Two + "), ExperimentFrameworkBuilder.Create().Experiment(\"x\", e => " + Two + "))")]
    [InlineData("(b.Experiment(\"x\", e => " + Two + "), b = ExperimentFrameworkBuilder.Create(), b.Experiment(\"x\", e => " + Two + "))")]
    [InlineData("weight > 1 ? b.Experiment(\"x\", e => " + Two + ") : b.Experiment(\"x\", e => " + Two + ")")]
    public async Task A_name_of_another_builder_or_of_one_branch_is_left_alone(string registration) => (await AnalyzerVerifier.OfProgramAsync(Registered(registration))).Expect();

    [Fact]
    public async Task A_name_that_is_not_known_may_be_any_that_a_call_uses() => (await AnalyzerVerifier.OfProgramAsync(
        Registered("b.Experiment(\"x\", e => " + Two + ").Experiment(key, e => { " + Two + "; e.WithSemantics(ExposureSemantics.Explicit); })")
        + " class Page { async System.Threading.Tasks.Task M(IExperiments experiments) => await experiments.ExposeAsync(\"y\", \"user\"); }")).Expect();

    [Theory]
    [InlineData("experiments.ExposeAsync(\"x\", \"user\")", true)]
    [InlineData("experiments.ExposeAsync(key, \"user\")", true)]
    [InlineData("experiments.ExposeAsync(\"y\", \"user\")", false)]
    [InlineData("logger.LogExposureAsync()", false)]
    public async Task Explicit_semantics_ask_for_a_call_by_the_experiments_name(string call, bool isEnough)
    {
        var source = Registered(
            "b.Experiment(\"x\", e => { " + Two + "; e.WithSemantics(ExposureSemantics.Explicit); }).Experiment(\"y\", e => " + Two + ").Trial<IBanner>(t => t.AddControl<Banner>().AddVariant<Banner>(\"b\").WithSemantics(ExposureSemantics.Explicit))")
            + " class Page { async System.Threading.Tasks.Task M(IExperiments experiments, IExposureLogger<IBanner> logger, string key) { await logger.LogExposureAsync(); await " + call + "; } }";

        Assert.Equal(isEnough ? [] : ["DP2003"], (await AnalyzerVerifier.OfProgramAsync(source)).Ids);
    }

    [Theory]
    [InlineData("SubjectSticky", true)]
    [InlineData("SessionSticky", false)]
    public async Task A_store_may_be_used_by_an_experiment_without_an_interface(string policy, bool isUsed)
    {
        var trial = "services.AddExperimentFramework(b => b.Trial<IBanner>(t => t.AddControl<Banner>().AddVariant<Banner>(\"b\")).Experiment(\"x\", e => { " + Two + "; e.WithPolicy(AssignmentPolicy." + policy + "); }));";
        var analyzed = await AnalyzerVerifier.OfAsync(Program(trial));

        Assert.Equal(isUsed ? [] : ["DP4012"], analyzed.Ids);
    }

    [Fact]
    public async Task A_store_that_the_only_experiment_does_not_use_is_reported() =>
        Assert.Equal(
            "An assignment store is registered, but no experiment uses it: call WithPolicy(AssignmentPolicy.SubjectSticky) or WithPolicy(AssignmentPolicy.GloballySticky) on an experiment, or remove the store",
            Assert.Single((await AnalyzerVerifier.OfAsync(Program("services.AddExperimentFramework(b => b.Experiment(\"x\", e => " + Two + "));"))).Diagnostics, found => found.Id == "DP4012").GetMessage(CultureInfo.InvariantCulture));

    private static string Source(string experiment) => Registered("ExperimentFrameworkBuilder.Create().Experiment(\"x\", e => " + experiment + ")");

    private static string Registered(string registration) => $$"""
        using ExperimentFramework.DataPlane;

        [ExposureLogged("banner")] public interface IBanner { void Show([ExposureSubject] string user); }
        public sealed class Banner : IBanner { public void Show(string user) { } }
        public class C
        {
            object M(ExperimentFrameworkBuilder b, double weight, string key) => {{registration}};
            static void More(ExperimentBuilder e) => e.AddVariant("b");
        }
        """;

    private static string Program(string registration) => $$"""
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;

        var services = new ServiceCollection();
        services.AddSqliteAssignmentStore("a.db");
        {{registration}}

        public interface IUnused { }
        [ExposureLogged("banner")] public interface IBanner { void Show([ExposureSubject] string user); }
        public sealed class Banner : IBanner { public void Show(string user) { } }
        """;
}
