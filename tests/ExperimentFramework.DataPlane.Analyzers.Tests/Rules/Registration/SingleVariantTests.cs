namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP4011: a trial that serves the same variant to every subject.</summary>
public sealed class SingleVariantTests
{
    private const string ControlAlone = "The experiment on 'I' has only one variant, 'control', so there is nothing to compare: call AddVariant<T>(key)";
    private const string AllWeight = " to every subject, because it has all the weight: give another variant a weight above 0";

    [Theory]
    [InlineData("t.AddControl<A>()", ControlAlone)]
    [InlineData("{ t.AddControl<A>(weight: 3); t.UsingConfigurationKey(\"k\"); }", ControlAlone)]
    [InlineData("t.AddControl<A>(0).AddVariant<A>(\"b\")", "The experiment on 'I' serves variant 'b'" + AllWeight)]
    [InlineData("t.AddControl<A>().AddVariant<A>(\"b\", 0)", "The experiment on 'I' serves variant 'control'" + AllWeight)]
    [InlineData("t.AddVariant<A>(\"b\", Zero).AddVariant<A>(\"c\", 0.1).AddControl<A>(weight: 0)", "The experiment on 'I' serves variant 'c'" + AllWeight)]
    [InlineData("t.AddControl<A>().AddVariant<A>(\"b\", 0).UsingSubjectHash(\"salt\")", "The experiment on 'I' serves variant 'control'" + AllWeight)]
    [InlineData("t.AddControl<A>().AddVariant<A>(\"b\", 0).WithPolicy(AssignmentPolicy.SessionSticky)", "The experiment on 'I' serves variant 'control'" + AllWeight)]
    public async Task A_trial_with_one_variant_is_reported(string trial, string message)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(Source(trial, "[|I|]"));

        analyzed.Expect("DP4011");
        Assert.Equal(message, analyzed.Message);
    }

    [Theory]
    [InlineData("t.AddControl<A>().AddVariant<A>(\"b\")")]
    [InlineData("t.AddControl<A>(0).AddVariant<A>(\"b\").AddVariant<A>(\"c\", 0.0001)")]
    [InlineData("t.AddControl<A>().AddVariant<A>(\"b\", weight)")]
    [InlineData("t.AddControl<A>().AddVariant<A>(\"b\", 0).UsingSubjectHash(weightsSection: \"Weights\")")]
    [InlineData("t.AddControl<A>().AddVariant<A>(\"b\", 0).UsingSubjectHash(null, section)")]
    [InlineData("t.AddControl<A>().AddVariant<A>(\"b\", 0).UsingConfigurationKey(\"k\")")]
    [InlineData("t.AddControl<A>().AddVariant<A>(\"b\", 0).WithOverride(\"tester\", \"b\")")]
    [InlineData("t.AddControl<A>().AddVariant<A>(\"b\", 0).WithOverridesFrom(\"Testers\")")]
    [InlineData("t.AddControl<A>().AddVariant<A>(\"b\", 0).WithPolicy(policy)")]
    [InlineData("{ t.AddControl<A>(); if (weight > 1) { t.AddVariant<A>(\"b\"); } }")]
    [InlineData("{ t.AddControl<A>(); More(t); }")]
    [InlineData("Describe(t.AddControl<A>())")]
    public async Task A_trial_that_may_serve_another_is_left_alone(string trial) => (await AnalyzerVerifier.OfProgramAsync(Source(trial, "I"))).Expect();

    private static string Source(string trial, string type) => $$"""
        using ExperimentFramework.DataPlane;

        [ExposureLogged("i")] public interface I { void Run([ExposureSubject] string user); }
        public sealed class A : I { public void Run(string user) { } }
        public class C
        {
            const double Zero = 0;
            object M(double weight, string section, AssignmentPolicy policy) => ExperimentFrameworkBuilder.Create().Trial<{{type}}>(t => {{trial}});
            static void More(TrialBuilder<I> t) => t.AddVariant<A>("b");
            static TrialBuilder<I> Describe(TrialBuilder<I> t) => t.AddVariant<A>("b");
        }
        """;
}
