namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP2006, DP2009, DP3009 and DP4008 for calls that name an experiment or a metric.</summary>
public sealed class DirectCallTests
{
    private const string Registration = "b.Trial<IPricing>(t => t.AddControl<V>().AddVariant<V>(\"sale\")).Experiment(\"banner\", e => e.AddControl().AddVariant(\"big\"))";
    private const string Import = "using ExperimentFramework.DataPlane;";
    private const string Provider = "public abstract class P : ISubjectIdentityProvider { public abstract string SubjectType { get; } public abstract bool TryGetSubjectId(out string id); }";
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
        (await AnalyzerVerifier.OfProgramAsync(Source(statements))).Expect("DP2009");

    [Fact]
    public async Task The_message_names_the_experiments_with_and_without_an_interface() => Assert.Equal(
        "Experiment 'pricng' is not registered: the experiments are 'banner', 'pricing'",
        (await AnalyzerVerifier.OfProgramAsync(Source("e.Decide(\"pricng\", user);"))).Message);

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
        (await AnalyzerVerifier.OfProgramAsync(Source(statements, registration))).Expect();

    [Theory]
    [InlineData("await m.RecordAsync([|\"\"|], details: new() { SubjectId = user });", "The metric name '' is invalid: it is empty")]
    [InlineData("await m.RecordAsync(value: 2, metric: [|\" purchase\"|], details: new() { SubjectId = user });", "The metric name ' purchase' is invalid: it begins or ends with white space")]
    [InlineData("await m.RecordAsync(\"purchase\", details: new() { SubjectId = user, Unit = [|\"EUR \"|] });", "The unit 'EUR ' is invalid: it begins or ends with white space")]
    [InlineData("var d = new MetricDetails { SubjectId = user, Unit = [|\" s\"|] }; await m.RecordAsync(\"purchase\", details: d);", "The unit ' s' is invalid: it begins or ends with white space")]
    [InlineData("await p.PublishAsync(new MetricEvent { ExperimentName = \"*\", MetricName = [|\" x\"|], Value = 1, SubjectId = user, Timestamp = default });", "The metric name ' x' is invalid: it begins or ends with white space")]
    [InlineData("await p.PublishAsync(new MetricEvent { ExperimentName = \"*\", MetricName = \"x\", Unit = [|\"\\t\"|], Value = 1, SubjectId = user, Timestamp = default });", "The unit '\t' is invalid: it begins or ends with white space")]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = [|\"gateway \"|], VariantKey = \"on\", SubjectId = user });", "The experiment name 'gateway ' is invalid: it begins or ends with white space")]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = \"gateway\", VariantKey = [|\"\"|], SubjectId = user });", "The variant key '' is invalid: it is empty")]
    [InlineData("await m.RecordAsync([|\"pur\\ude00chase\"|], details: new() { SubjectId = user });", "is invalid: it contains half of a surrogate pair, which no encoding can represent")]
    public async Task An_invalid_name_in_what_is_recorded_is_reported(string statements, string message)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(Source(statements));

        analyzed.Expect("DP2006");
        Assert.EndsWith(message, analyzed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("await m.RecordAsync(\"purchase\", details: new() { SubjectId = user, Unit = \"\" });")]
    [InlineData("await m.RecordAsync(\"purchase\", details: new() { SubjectId = user, Unit = \" \" + user });")]
    [InlineData("await p.PublishAsync(new MetricEvent { ExperimentName = \"*\", MetricName = user, Unit = null, Value = 1, SubjectId = user, Timestamp = default });")]
    [InlineData("var one = new MetricEvent { ExperimentName = \"*\", MetricName = \" x\", Value = 1, SubjectId = user, Timestamp = default }; System.GC.KeepAlive(one); await p.FlushAsync();")]
    [InlineData("await p.PublishAsync(new ErrorEvent { ExperimentName = \"banner\", Source = \" s\", Message = \"m\", Timestamp = default });")]
    public async Task A_name_that_may_be_valid_is_left_alone(string statements) => (await AnalyzerVerifier.OfProgramAsync(Source(statements))).Expect();

    [Theory]
    [InlineData("b.Experiment([|\"banner \"|], e => e.AddControl().AddVariant(\"big\"))", "banner ")]
    [InlineData("b.Trial<IPricing>(configure: t => t.AddControl<V>().AddVariant<V>(\"sale\"), name: [|\" pricing\"|])", " pricing")]
    [InlineData("new ServiceCollection().AddExposureLogging<IPricing>(l => l.Named([|\"pri\\u0001cing\"|]))", "pri\u0001cing")]
    public async Task An_invalid_name_of_an_experiment_is_reported_where_it_is_registered(string registration, string name)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(Source("", registration));

        analyzed.Expect("DP2006");
        Assert.StartsWith($"The experiment name '{name}' is invalid: it ", analyzed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m.[|RecordAsync|](\"purchase\", 1, new MetricDetails { SubjectId = user });")]
    [InlineData("x.[|RecordAsync|](new DecidedExposure { ExperimentName = \"banner\", " + Decided + " });")]
    [InlineData("e.[|ExposeAsync|](\"banner\", user);")]
    public async Task A_task_that_nothing_awaits_is_reported(string statements) =>
        (await AnalyzerVerifier.OfProgramAsync(Source(statements))).Expect("DP4008");

    [Theory]
    [InlineData("await m.[|RecordAsync|](\"purchase\");", "RecordAsync")]
    [InlineData("await m.[|RecordAsync|](\"purchase\", 2, null);", "RecordAsync")]
    [InlineData("await m.[|RecordAsync|](\"purchase\", 2, new MetricDetails { Unit = \"EUR\" });", "RecordAsync")]
    [InlineData("MetricDetails details = new() { Unit = \"EUR\" }; await m.[|RecordAsync|](\"purchase\", 2, details);", "RecordAsync")]
    [InlineData("e.[|Decide|](\"banner\");", "Decide")]
    [InlineData("await e.[|DecideAllAsync|]();", "DecideAllAsync")]
    [InlineData("e.[|VariantOf<IPricing>|](\"\");", "VariantOf")]
    [InlineData("await e.[|ExposeAsync|](\"banner\", null);", "ExposeAsync")]
    [InlineData("await m.[|RecordAsync|](\"purchase\", 2, new MetricDetails { SubjectId = \"\" });", "RecordAsync")]
    [InlineData("await x.[|RecordAsync|](new DecidedExposure { ExperimentName = \"banner\", VariantKey = \"big\" });", "RecordAsync")]
    [InlineData("var d = new DecidedExposure { ExperimentName = \"banner\", VariantKey = \"big\", SubjectId = null }; await x.[|RecordAsync|](d);", "RecordAsync")]
    public async Task A_call_that_cannot_know_its_subject_is_reported_in_an_application(string statements, string method)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(Program(Source(statements)));

        analyzed.Expect("DP3009");
        Assert.StartsWith(method + " has no subject: ", analyzed.Message, StringComparison.Ordinal);
        (await AnalyzerVerifier.OfAsync(Source(Unmarked(statements)))).Expect();
        (await AnalyzerVerifier.OfProgramAsync(Program(Source(Unmarked(statements))) + Provider)).Expect();
    }

    [Theory]
    [InlineData("")]
    [InlineData("SubjectId = null, ")]
    [InlineData("SubjectId = string.Empty, ")]
    public async Task A_published_metric_without_a_subject_is_reported_whatever_the_provider(string subject)
    {
        var source = Source($"await p.[|PublishAsync|](new MetricEvent {{ ExperimentName = \"*\", MetricName = \"purchase\", Value = 1, {subject}Timestamp = default }});");

        foreach (var analyzed in new[] { await AnalyzerVerifier.OfProgramAsync(source), await AnalyzerVerifier.OfProgramAsync(Program(source) + Provider) })
        {
            analyzed.Expect("DP3009");
            Assert.Equal("PublishAsync has no subject: set SubjectId of the MetricEvent, or record the metric with IMetricRecorder, which asks the ISubjectIdentityProvider", analyzed.Message);
        }
    }

    [Theory]
    [InlineData("await p.PublishAsync(new MetricEvent { ExperimentName = \"*\", MetricName = \"purchase\", Value = 1, SubjectId = user, Timestamp = default });")]
    [InlineData("await p.PublishAsync(Metric());")]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = \"banner\", " + Decided + " });")]
    [InlineData("await m.RecordAsync(\"purchase\", 2, new MetricDetails { SubjectId = user });")]
    [InlineData("await m.RecordAsync(\"purchase\", 2, Details());")]
    [InlineData("e.Decide(\"banner\", user);")]
    public async Task A_call_that_may_know_its_subject_is_left_alone(string statements) =>
        (await AnalyzerVerifier.OfProgramAsync(Program(Source(statements)))).Expect();

    [Theory]
    [InlineData("await e.ExposeAsync(\"pricing\", user);")]
    [InlineData("await x.RecordAsync(new DecidedExposure { ExperimentName = \"pricing\", VariantKey = \"sale\", SubjectId = user, SubjectType = \"user\" });")]
    public async Task Explicit_semantics_may_be_logged_by_name(string statements) => (await AnalyzerVerifier.OfProgramAsync(Source(
        statements, "b.Trial<IPricing>(t => t.AddControl<V>().AddVariant<V>(\"sale\").WithSemantics(ExposureSemantics.Explicit))"))).Expect();

    private static string Program(string source) => source.Replace(Import, Import + "\nSystem.Console.WriteLine();", StringComparison.Ordinal);

    private static string Unmarked(string statements) => statements.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);

    private static string Source(string statements, string registration = Registration) => $$"""
        using System.Threading.Tasks;
        using Microsoft.Extensions.DependencyInjection;
        using ExperimentFramework.DataPlane;

        [ExposureLogged("pricing")] public interface IPricing { void Run([ExposureSubject("user")] string user); }
        public sealed class V : IPricing { public void Run(string user) { } }
        public static class Names { public const string Gone = "gone"; }
        public class C
        {
            object M(ExperimentFrameworkBuilder b, string user) => {{registration}};
            static MetricDetails? Details() => null;
            static MetricEvent Metric() => null!;
            async Task N(IExperiments e, IExposureRecorder x, IMetricRecorder m, IEventPublisher p, string user) { await Task.CompletedTask; {{statements}} }
        }

        """;
}
