namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP2006, DP2009, DP3009 and DP4008 for calls that name an experiment or a metric.</summary>
public sealed class DirectCallTests
{
    private const string Registration = "b.Trial<IPricing>(t => t.AddControl<V>().AddVariant<V>(\"sale\")).Experiment(\"banner\", e => e.AddControl().AddVariant(\"big\"))";
    private const string Decided = "VariantKey = \"big\", Reason = \"flag\", SubjectId = user";

    [Theory]
    [InlineData("e.Decide([|\"pricng\"|], user);")]
    [InlineData("await e.DecideAsync([|\"Banner\"|], user);")]
    [InlineData("await e.ExposeAsync([|Names.Gone|], user);")]
    [InlineData("await e.ExposeAsync(subjectId: user, experiment: [|\"gone\"|]);")]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = [|\"Banner\"|], " + Decided + " });")]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = \"pricing\", VariantKey = [|\"big\"|], Reason = \"flag\", SubjectId = user, SubjectType = \"user\" });")]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = \"banner\", VariantKey = [|\"small\"|], Reason = \"flag\", SubjectId = user });")]
    public async Task A_name_that_nothing_registers_is_reported(string statements) =>
        (await AnalyzerVerifier.OfAsync(Source(statements))).Expect("DP2009");

    [Fact]
    public async Task The_message_names_the_experiments_with_and_without_an_interface() => Assert.Equal(
        "Experiment 'pricng' is not registered: the experiments are 'banner', 'pricing'",
        (await AnalyzerVerifier.OfAsync(Source("e.Decide(\"pricng\", user);"))).Message);

    [Theory]
    [InlineData("e.Decide(\"pricing\", user); await e.ExposeAsync(\"banner\", user); await e.DecideAllAsync(user); e.VariantOf<IPricing>(user);", Registration)]
    [InlineData("e.Decide(Experiments.Banner.Name, user);", Registration)]
    [InlineData("e.Decide(user, user);", Registration)]
    [InlineData("e.Decide(\"gone\", user);", "b.ToString()")]
    [InlineData("e.Decide(\"gone\", user);", "b.Experiment(user, e => e.AddControl().AddVariant(\"big\"))")]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = \"banner\", " + Decided + " });", Registration)]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = \"decided-by-a-gateway\", " + Decided + " });", Registration)]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = \"banner\", VariantKey = \"BIG\", Reason = \"flag\", SubjectId = user });", Registration)]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = \"banner\", " + Decided + " });", "b.Experiment(\"banner\", e => e.AddControl().AddVariant(user))")]
    public async Task A_name_that_may_be_registered_is_left_alone(string statements, string registration) =>
        (await AnalyzerVerifier.OfAsync(Source(statements, registration))).Expect();

    [Theory]
    [InlineData("await m.RecordAsync([|\"\"|], details: new() { SubjectId = user });", "The metric name '' is invalid: it is empty")]
    [InlineData("await m.RecordAsync(value: 2, metric: [|\" purchase\"|], details: new() { SubjectId = user });", "The metric name ' purchase' is invalid: it begins or ends with white space")]
    [InlineData("await m.RecordAsync([|\"pur\\ude00chase\"|], details: new() { SubjectId = user });", "is invalid: it contains half of a surrogate pair, which no encoding can represent")]
    public async Task An_invalid_metric_name_is_reported(string statements, string message)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Source(statements));

        analyzed.Expect("DP2006");
        Assert.EndsWith(message, analyzed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m.[|RecordAsync|](\"purchase\", 1, new MetricDetails { SubjectId = user });")]
    [InlineData("x.[|RecordAsync|](new DecidedExposure { ExperimentName = \"banner\", " + Decided + " });")]
    [InlineData("e.[|ExposeAsync|](\"banner\", user);")]
    public async Task A_task_that_nothing_awaits_is_reported(string statements) =>
        (await AnalyzerVerifier.OfAsync(Source(statements))).Expect("DP4008");

    [Theory]
    [InlineData("await m.[|RecordAsync|](\"purchase\");", "RecordAsync")]
    [InlineData("await m.[|RecordAsync|](\"purchase\", 2, null);", "RecordAsync")]
    [InlineData("await m.[|RecordAsync|](\"purchase\", 2, new MetricDetails { Unit = \"EUR\" });", "RecordAsync")]
    [InlineData("MetricDetails details = new() { Unit = \"EUR\" }; await m.[|RecordAsync|](\"purchase\", 2, details);", "RecordAsync")]
    [InlineData("e.[|Decide|](\"banner\");", "Decide")]
    [InlineData("await e.[|DecideAllAsync|]();", "DecideAllAsync")]
    [InlineData("e.[|VariantOf<IPricing>|](\"\");", "VariantOf")]
    [InlineData("await e.[|ExposeAsync|](\"banner\", null);", "ExposeAsync")]
    public async Task A_call_that_cannot_know_its_subject_is_reported_in_an_application(string statements, string method)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Source(statements).Replace("using ExperimentFramework.DataPlane;", "using ExperimentFramework.DataPlane;\nSystem.Console.WriteLine();", StringComparison.Ordinal));

        analyzed.Expect("DP3009");
        Assert.StartsWith(method + " has no subject: ", analyzed.Message, StringComparison.Ordinal);
        (await AnalyzerVerifier.OfAsync(Source(Unmarked(statements)))).Expect();
        (await AnalyzerVerifier.OfAsync(Source(Unmarked(statements)) + "public abstract class P : ISubjectIdentityProvider { public abstract string SubjectType { get; } public abstract bool TryGetSubjectId(out string id); }")).Expect();
    }

    [Theory]
    [InlineData("await m.RecordAsync(\"purchase\", 2, new MetricDetails { SubjectId = user });")]
    [InlineData("await m.RecordAsync(\"purchase\", 2, Details());")]
    [InlineData("e.Decide(\"banner\", user);")]
    public async Task A_call_that_may_know_its_subject_is_left_alone(string statements) =>
        (await AnalyzerVerifier.OfAsync(Source(statements).Replace("using ExperimentFramework.DataPlane;", "using ExperimentFramework.DataPlane;\nSystem.Console.WriteLine();", StringComparison.Ordinal))).Expect();

    [Theory]
    [InlineData("await e.ExposeAsync(\"pricing\", user);")]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = \"pricing\", VariantKey = \"sale\", SubjectId = user, SubjectType = \"user\" });")]
    public async Task Explicit_semantics_may_be_logged_by_name(string statements) => (await AnalyzerVerifier.OfAsync(Source(
        statements, "b.Trial<IPricing>(t => t.AddControl<V>().AddVariant<V>(\"sale\").WithSemantics(ExposureSemantics.Explicit))"))).Expect();

    private static string Unmarked(string statements) => statements.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);

    private static string Source(string statements, string registration = Registration) => $$"""
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;

        [ExposureLogged("pricing")] public interface IPricing { void Run([ExposureSubject("user")] string user); }
        public sealed class V : IPricing { public void Run(string user) { } }
        public static class Names { public const string Gone = "gone"; }
        public class C
        {
            object M(ExperimentFrameworkBuilder b, string user) => {{registration}};
            static MetricDetails? Details() => null;
            async Task N(IExperiments e, IExposureRecorder x, IMetricRecorder m, string user) { await Task.CompletedTask; {{statements}} }
        }

        """;
}
