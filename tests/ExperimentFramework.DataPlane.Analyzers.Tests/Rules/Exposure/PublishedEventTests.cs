namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP2009 and DP3006: events that code publishes itself.</summary>
public sealed class PublishedEventTests
{
    private const string Rest = "OutcomeName = \"bought\", Result = OutcomeResult.Success, Timestamp = default";
    private const string User = "SubjectId = user, SubjectType = \"user\", ";
    private const string Registration = "b.Trial<IPricing>(t => t.AddControl<V>().AddVariant<V>(\"sale\"))";

    [Theory]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = [|\"pricng\"|], VariantKey = \"sale\", " + User + Rest + " });", "Experiment 'pricng' is not registered: the experiments are 'pricing'")]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = [|\"Pricing\"|], VariantKey = \"sale\", " + User + Rest + " });", "Experiment 'Pricing' is not registered")]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"pricing\", VariantKey = [|\"Sale\"|], " + User + Rest + " });", "Variant 'Sale' is not registered: experiment 'pricing' has 'control', 'sale'")]
    [InlineData("await p.PublishAsync(new ExposureEvent { ExperimentName = nameof(pricing), VariantKey = \"sale\", AssignedVariantKey = [|Names.Gone|], SelectionReason = \"x\", Timestamp = default, " + User + " });", "Variant 'gone' is not registered")]
    [InlineData("await p.PublishAsync(new AssignmentEvent { ExperimentName = \"pricing\", PreviousVariantKey = [|\"old\"|], NewVariantKey = \"sale\", ChangeReason = \"x\", Timestamp = default, " + User + " });", "Variant 'old' is not registered")]
    [InlineData("await p.PublishAsync(new AssignmentEvent { ExperimentName = \"pricing\", PreviousVariantKey = \"control\", NewVariantKey = [|\"new\"|], ChangeReason = \"x\", Timestamp = default, " + User + " });", "Variant 'new' is not registered")]
    [InlineData("await p.PublishAsync(new AnalysisSignalEvent { ExperimentName = [|\"other\"|], SignalType = AnalysisSignalType.Custom, Severity = SignalSeverity.Info, Message = \"m\", Timestamp = default });", "Experiment 'other' is not registered")]
    [InlineData("var bought = new OutcomeEvent { ExperimentName = [|\"pricng\"|], VariantKey = \"sale\", " + User + Rest + " }; await p.PublishAsync(bought);", "Experiment 'pricng'")]
    [InlineData("OutcomeEvent bought = new() { ExperimentName = [|\"pricng\"|], VariantKey = \"sale\", " + User + Rest + " }; await p.PublishAsync(bought);", "Experiment 'pricng'")]
    public async Task A_name_that_nothing_registers_is_reported(string statements, string message)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(Source(statements, Registration));

        analyzed.Expect("DP2009");
        Assert.StartsWith(message, analyzed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_message_names_experiments_in_the_order_of_the_alphabet() => Assert.Equal(
        "Experiment 'middle' is not registered: the experiments are 'alpha', 'zeta'",
        (await AnalyzerVerifier.OfProgramAsync(Source(
            "await p.PublishAsync(new OutcomeEvent { ExperimentName = \"middle\", VariantKey = \"sale\", " + User + Rest + " });",
            Registration.Replace("<IPricing>(", "<IPricing>(\"zeta\", ", StringComparison.Ordinal) + ".Trial<IPricing>(\"alpha\", t => t.AddControl<V>().AddVariant<V>(\"sale\"))"))).Message.Split(';')[0]);

    [Theory]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"pricing\", VariantKey = \"sale\", " + User + Rest + " });", Registration)]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = user, VariantKey = \"gone\", " + User + Rest + " });", Registration)]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"pricing\", VariantKey = user, " + User + Rest + " });", Registration)]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"other\", VariantKey = \"gone\", " + User + Rest + " });", "b.ToString()")]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"other\", VariantKey = \"gone\", " + User + Rest + " });", "b.Trial<IPricing>(user, t => t.AddControl<V>().AddVariant<V>(\"sale\"))")]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"pricing\", VariantKey = \"gone\", " + User + Rest + " });", "b.Trial<IPricing>(t => t.AddControl<V>().AddVariant<V>(user))")]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"pricing\", VariantKey = \"gone\", " + User + Rest + " });", "b.Trial<IPricing>(Describe)")]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"second\", VariantKey = \"sale\", " + User + Rest + " });", "b.Trial<IPricing>(t => t.AddControl<V>().AddVariant<V>(\"sale\")).Trial<IPricing>(\"second\", t => t.AddControl<V>().AddVariant<V>(\"sale\"))")]
    [InlineData("var made = new OutcomeEvent { ExperimentName = \"other\", VariantKey = \"gone\", " + Rest + " }; System.GC.KeepAlive(made); await p.FlushAsync();", Registration)]
    [InlineData("var made = new OutcomeEvent { ExperimentName = \"other\", VariantKey = \"gone\", " + User + Rest + " }; made = made with { ExperimentName = \"pricing\", VariantKey = \"sale\" }; await p.PublishAsync(made);", Registration)]
    [InlineData("await p.PublishAsync(new ErrorEvent { ExperimentName = \"other\", Source = \"s\", Message = \"m\", Timestamp = default });", Registration)]
    [InlineData("await PublishAsync(new OutcomeEvent { ExperimentName = \"other\", VariantKey = \"gone\", " + Rest + " });", Registration)]
    public async Task A_name_that_may_be_registered_is_left_alone(string statements, string registration) =>
        (await AnalyzerVerifier.OfProgramAsync(Source(statements, registration))).Expect();

    [Fact]
    public async Task Another_assembly_may_register_the_experiment() => (await AnalyzerVerifier.OfProgramAsync(
        Source("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"other\", VariantKey = \"sale\", " + User + Rest + " });", Registration),
        "public static class More { public static void Add(ExperimentFramework.DataPlane.ExperimentFrameworkBuilder builder) { } }")).Expect();

    [Theory]
    [InlineData("await p.PublishAsync([|new OutcomeEvent { ExperimentName = \"pricing\", VariantKey = \"sale\", SubjectId = user, " + Rest + " }|]);", "has none")]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"pricing\", VariantKey = \"sale\", SubjectId = user, SubjectType = [|\"session\"|], " + Rest + " });", "has 'session'")]
    [InlineData("await p.PublishAsync([|new ExposureEvent { ExperimentName = \"pricing\", VariantKey = \"sale\", SubjectId = user, SelectionReason = \"x\", Timestamp = default }|]);", "has none")]
    public async Task An_event_without_its_subjects_type_is_reported(string statements, string message)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(Source(statements, Registration));

        analyzed.Expect("DP3006");
        Assert.Equal($"Subjects of experiment 'pricing' have the type 'user', but this event {message}: it can be joined with its exposures only if SubjectType is the same", analyzed.Message);
    }

    [Theory]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"pricing\", VariantKey = \"sale\", SubjectId = user, SubjectType = user, " + Rest + " });", "[ExposureSubject(\"user\")]")]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"pricing\", VariantKey = \"sale\", " + Rest + " });", "[ExposureSubject(\"user\")]")]
    [InlineData("await p.PublishAsync(new OutcomeEvent { ExperimentName = \"pricing\", VariantKey = \"sale\", SubjectId = user, " + Rest + " });", "[ExposureSubject]")]
    public async Task An_event_whose_type_may_be_right_is_left_alone(string statements, string tag) =>
        (await AnalyzerVerifier.OfProgramAsync(Source(statements, Registration, tag))).Expect();

    private static string Source(string statements, string registration, string tag = "[ExposureSubject(\"user\")]") => $$"""
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;

        [ExposureLogged("pricing")] public interface IPricing { void Run({{tag}} string user); }
        public sealed class V : IPricing { public void Run(string user) { } }
        public static class Names { public const string Gone = "gone"; }
        public class C(object pricing)
        {
            object M(ExperimentFrameworkBuilder b, string user) => {{registration}};
            static void Describe(TrialBuilder<IPricing> t) => t.AddControl<V>().AddVariant<V>("gone");
            static Task PublishAsync(DataPlaneEvent one) => Task.FromResult(one);
            async Task N(IEventPublisher p, string user) { await Task.CompletedTask; {{statements}} }
            object O => pricing;
        }
        """;
}
