namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP3007 and DP3008: where subjects that identify nobody are found, and properties of another subject's variant. What identifies nobody is in <see cref="VolatileValueTests"/>.</summary>
public sealed class SubjectIdTests
{
    private const string Types = """
        using System;
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;

        [ExposureLogged("a")] public interface IService { void Run([ExposureSubject] string? user); void At([ExposureSubject] Guid user, string other); void Count([ExposureSubject] long user); }

        """;

    private const string Provider = "public sealed class P : ISubjectIdentityProvider { public string SubjectType => \"u\"; private string? _id; public bool TryGetSubjectId(out string? subjectId) ";

    [Theory]
    [InlineData("s.Run(\"\")")]
    [InlineData("s.Run(null)")]
    public async Task Where_a_provider_may_name_the_subject_an_empty_one_is_left_alone(string call) =>
        (await AnalyzerVerifier.OfProgramAsync(Types + Provider + $"{{ subjectId = _id ??= \"a\"; return true; }} }} public class C {{ void M(IService s) => {call}; }}")).Expect();

    [Theory]
    [InlineData("void Run([ExposureSubject] DateOnly [|day|]);", "DateOnly")]
    [InlineData("void Run([ExposureSubject] DateTime? [|day|], string user);", "DateTime")]
    [InlineData("Task RunAsync([ExposureSubject] in DateTimeOffset [|at|]);", "DateTimeOffset")]
    [InlineData("[Exposed] int this[[ExposureSubject] TimeOnly [|at|]] { get; } [NotExposed] int Other { get; }", "TimeOnly")]
    [InlineData("void Run([ExposureSubject] TimeSpan [|age|]); [NotExposed] void Warm([ExposureSubject] DateTime at);", "TimeSpan")]
    public async Task A_subject_parameter_of_a_time_is_reported(string member, string type)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Types + $"[ExposureLogged(\"b\")] public interface ITimed {{ {member} }}");

        analyzed.Expect("DP3007");
        Assert.Equal($"The subject id is a {type}: it identifies a time and not a subject; use an id that stays the same for a subject", analyzed.Message);
    }

    [Fact]
    public async Task A_subject_parameter_of_a_time_that_is_inherited_is_reported_at_the_interface() => (await AnalyzerVerifier.OfAsync(
        Types + "[ExposureLogged(\"b\")] public interface [|ITimed|] : IFar { }", "public interface IFar { void Run([ExperimentFramework.DataPlane.ExposureSubject] System.DateTime at); }")).Expect("DP3007");

    [Theory]
    [InlineData("void Run(DateTime at, [ExposureSubject] string user);")]
    [InlineData("void Run([ExposureAttribute] DateTime at, [ExposureSubject] int user);")]
    [InlineData("void Run<DateTime>([ExposureSubject] DateTime user) where DateTime : struct, IFormattable;")]
    [InlineData("void Run([ExposureSubject] Own.DateTime user);")]
    public async Task A_subject_parameter_that_may_identify_is_left_alone(string member) => (await AnalyzerVerifier.OfAsync(
        Types + $"[ExposureLogged(\"b\")] public interface ITimed {{ {member} }} namespace Own {{ public struct DateTime : IFormattable {{ public string ToString(string? format, IFormatProvider? provider) => \"\"; }} }}")).Expect();

    [Fact]
    public async Task A_subject_that_is_logged_by_hand_is_looked_at() => (await AnalyzerVerifier.OfProgramAsync(
        Types + "public class C { async Task M(IExposureLogger<IService> l) => await l.LogExposureAsync([|Guid.NewGuid().ToString()|]); }")).Expect("DP3007");

    [Theory]
    [InlineData("await e.ExposeAsync(\"x\", [|Guid.NewGuid().ToString()|])")]
    [InlineData("e.Decide(subjectId: [|Guid.Empty.ToString()|], experiment: \"x\")")]
    [InlineData("e.VariantOf<IService>([|$\"{DateTime.UtcNow}\"|])")]
    [InlineData("await a.PrefetchAsync([|Guid.NewGuid().ToString()|])")]
    [InlineData("await m.RecordAsync(\"m\", details: new MetricDetails { SubjectId = [|Guid.NewGuid().ToString()|] })")]
    [InlineData("await m.RecordAsync(\"m\", 1, new() { SubjectId = [|Guid.Empty.ToString()|], Unit = \"s\" })")]
    [InlineData("await r.RecordAsync(new DecidedExposure { ExperimentName = \"x\", VariantKey = \"y\", SubjectId = [|Guid.NewGuid().ToString()|] })")]
    [InlineData("await p.PublishAsync(new MetricEvent { ExperimentName = \"*\", MetricName = \"m\", Value = 1, Timestamp = default, SubjectId = [|Guid.NewGuid().ToString()|] })")]
    [InlineData("await p.PublishAsync(new ExposureEvent { ExperimentName = \"x\", VariantKey = \"y\", SelectionReason = \"z\", Timestamp = default, SubjectId = [|Guid.NewGuid().ToString()|] })")]
    public async Task A_subject_that_is_recorded_without_an_interface_is_looked_at(string statement) => (await AnalyzerVerifier.OfProgramAsync(ByName(statement))).Expect("DP3007");

    [Theory]
    [InlineData("e.Decide(\"x\", \"\")")]
    [InlineData("e.Decide(Guid.NewGuid().ToString(), user)")]
    [InlineData("await e.ExposeAsync(\"x\", user, tenantId: Guid.NewGuid().ToString())")]
    [InlineData("await m.RecordAsync(\"m\", details: new MetricDetails { SubjectId = user, IdempotencyKey = Guid.NewGuid().ToString() })")]
    [InlineData("await m.RecordAsync(\"m\", details: new MetricDetails { SubjectId = null })")]
    [InlineData("await Task.FromResult(new MetricDetails { SubjectId = Guid.NewGuid().ToString() })")]
    public async Task A_value_that_is_no_subject_or_may_return_is_left_alone(string statement) =>
        Assert.DoesNotContain("DP3007", (await AnalyzerVerifier.OfProgramAsync(ByName(statement))).Ids);

    [Theory]
    [InlineData("bool [|TryGetSubjectId|](out string? subjectId)", "{ subjectId = null; return false; }", "The subject id is never known: TryGetSubjectId always returns false")]
    [InlineData("bool [|TryGetSubjectId|](out string? subjectId)", "{ subjectId = _id; if (_id is null) { return false; } return false; }", "The subject id is never known")]
    [InlineData("bool TryGetSubjectId(out string? subjectId)", "{ subjectId = [|Guid.NewGuid().ToString()|]; return true; }", "The subject id is new on every call")]
    [InlineData("bool TryGetSubjectId(out string? subjectId)", "{ subjectId = [|\"\"|]; return true; }", "The subject id is empty")]
    public async Task A_provider_that_never_knows_a_subject_is_reported(string signature, string body, string message)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(Types + Provider.Replace("bool TryGetSubjectId(out string? subjectId)", signature, StringComparison.Ordinal) + body + " void Set() => _id = \"\"; }");

        analyzed.Expect("DP3007");
        Assert.StartsWith(message, analyzed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ subjectId = _id ??= Guid.NewGuid().ToString(); return true; }")]
    [InlineData("{ subjectId = _id; return _id is not null; }")]
    [InlineData("{ if (_id is null) { subjectId = null; return false; } subjectId = _id; return true; }")]
    [InlineData("{ subjectId = null; return subjectId is not null; }")]
    public async Task A_provider_that_may_know_one_is_left_alone(string body) =>
        (await AnalyzerVerifier.OfProgramAsync(Types + Provider + body + " void Set() => _id = \"\"; }")).Expect();

    [Theory]
    [InlineData("string [|Currency|] { get; }", "", "control, because nothing identifies its subject")]
    [InlineData("string [|Currency|] { get; set; } [NotExposed] int Other { get; }", "", "control, because nothing identifies its subject")]
    [InlineData("[Exposed] string [|this|][[ExposureSubject] string user] { get; }", "", "one variant for all subjects of a proxy")]
    [InlineData("[Exposed] string [|this|][[ExposureSubject] string user] { get; }", ".UsingSubjectHash(\"s\")", "one variant for all subjects of a proxy")]
    public async Task A_property_that_is_not_its_callers_is_reported(string property, string trial, string reason)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(PropertySource(property, trial));

        analyzed.Expect("DP3008");
        Assert.Contains($"is served by {reason}: make it a method", analyzed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[NotExposed] string Currency { get; }", "")]
    [InlineData("string Currency { get; }", ".UsingConfigurationKey(\"k\")")]
    [InlineData("string Currency { get; }", ".Using(new S())")]
    [InlineData("string Currency([ExposureSubject] string user);", "")]
    public async Task A_property_that_is_meant_or_does_not_depend_on_the_subject_is_left_alone(string property, string trial) =>
        (await AnalyzerVerifier.OfProgramAsync(PropertySource(property, trial))).Expect();

    [Fact]
    public async Task A_property_of_the_only_variant_is_left_alone() =>
        Assert.Equal(["DP4011"], (await AnalyzerVerifier.OfProgramAsync(PropertySource("string Currency { get; }", "").Replace(".AddVariant<IPriced>(\"b\")", "", StringComparison.Ordinal))).Ids);

    [Fact]
    public async Task A_property_whose_subject_a_provider_names_is_left_alone() =>
        (await AnalyzerVerifier.OfProgramAsync(PropertySource("string Currency { get; }", "") + Provider + "{ subjectId = _id ??= \"a\"; return true; } }")).Expect();

    [Fact]
    public async Task A_property_that_is_exposed_without_a_subject_has_one_diagnostic() =>
        Assert.Equal(["DP3001"], (await AnalyzerVerifier.OfProgramAsync(PropertySource("[Exposed] string Currency { get; }", ""))).Ids);

    private static string ByName(string statement) => Types + $$"""
        public class C
        {
            async Task M(IExperiments e, ISubjectAssignments a, IMetricRecorder m, IExposureRecorder r, IEventPublisher p, string user)
            {
                await Task.CompletedTask;
                {{statement}};
            }
        }
        """;

    private static string PropertySource(string property, string trial) => $$"""
        using System;
        using ExperimentFramework.DataPlane;

        [ExposureLogged("b")] public interface IPriced { void Price([ExposureSubject] string user); {{property}} }
        public sealed class S : IVariantSelector { public VariantSelection Select(in SelectionContext context) => new("x", "y"); }
        public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IPriced>(t => t.AddControl<IPriced>().AddVariant<IPriced>("b"){{trial}}); }

        """;
}
