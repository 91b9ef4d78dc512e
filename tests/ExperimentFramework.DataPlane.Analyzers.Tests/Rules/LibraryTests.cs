using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>What is missing in a library may be in the application that uses it: the rules about missing things report it only in an application.</summary>
public sealed class LibraryTests
{
    private const string Types = """
        using System;
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.DependencyInjection.Extensions;

        [ExposureLogged("plain")] public interface IPlain { void Run([ExposureSubject] string user); }
        public sealed class V : IPlain { public void Run(string user) { } }
        public sealed class W : IPlain { public void Run(string user) { } }

        """;

    private const string Trial = "b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<W>(\"b\"))";
    private const string Weighted = "class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>(1).AddVariant<W>(\"b\", 0)); } ";
    private const string Registration = "public static class R { public static void M(ExperimentFrameworkBuilder b) => " + Trial + "; } ";

    private const string Worker = "public class Work(V control) : Microsoft.Extensions.Hosting.BackgroundService { protected override Task ExecuteAsync(System.Threading.CancellationToken stopping) { control.Run(\"u\"); return Task.CompletedTask; } } ";
    private const string Blocking = "o => o.FailureMode = BackplaneFailureMode.Block";
    private const string Publishing = "async Task M(IEventPublisher p) => await p.PublishAsync(new OutcomeEvent { ExperimentName = \"IA\", VariantKey = \"b\", SubjectId = \"u\", OutcomeName = \"x\", Result = OutcomeResult.Success, Timestamp = default }); ";

    /// <summary>A rule, and code that is right only with what the application adds.</summary>
    public static TheoryData<string, string> MissingHere => new()
    {
        // A call that logs the exposure.
        { "DP2003", "class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<W>(\"b\").WithSemantics(ExposureSemantics.Explicit)); }" },

        // A trial with explicit semantics, and options with them.
        { "DP2004", "[ExposureLogged(Semantics = ExposureSemantics.OnDecision)] public interface ISelf { void Run([ExposureSubject] string user); } public class C { public async Task M(IExposureLogger<ISelf> logger) => await logger.LogExposureAsync(\"u\"); }" },
        { "DP2004", Registration + "public class C { public async Task M(IExposureLogger<IPlain> logger) => await logger.LogExposureAsync(\"u\"); }" },

        // Trials that give one of them another name, or that are in different applications.
        { "DP2005", "namespace Checkout { [ExposureLogged] public interface IPricing { void Run([ExposureSubject] string user); } } namespace Catalog { [ExposureLogged] public interface IPricing { void Run([ExposureSubject] string user); } }" },
        { "DP2005", "[ExposureLogged(\"plain\")] public interface IOther { void Run([ExposureSubject] string user); }" },

        // Another experiment.
        { "DP2009", Registration + "class C { object M(IExperiments e) => e.Decide(\"checkout\", \"u\"); }" },

        // Options that enable outcomes again.
        { "DP2010", "[ExposureLogged(RecordOutcomes = true)] public interface IA { void Run([ExposureSubject] string user); } class R { void M(IServiceCollection s, ExperimentFrameworkBuilder b) { s.AddDataBackplane(o => o.EnableOutcomeEvents = false); b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); } }" },

        // A subject provider.
        { "DP3001", "[ExposureLogged] public interface IA { void Run(); } class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); }" },
        { "DP3007", Registration + "class C { void M(IPlain plain) => plain.Run(\"\"); }" },
        { "DP3008", "[ExposureLogged] public interface IA { string Name { get; } void Run([ExposureSubject] string user); } class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); }" },
        { "DP3009", Registration + "class C { object M(IExperiments e) => e.Decide(\"plain\"); }" },

        // A store, a policy that uses one, and a destination.
        { "DP4005", "class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<W>(\"b\").WithPolicy(AssignmentPolicy.GloballySticky)); }" },
        { "DP4012", "class R { void M(IServiceCollection s, ExperimentFrameworkBuilder b) { s.AddRedisAssignmentStore(\"localhost\"); " + Trial + "; } }" },
        { "DP4013", "class R { void M(IServiceCollection s) => s.AddSqliteOutbox(\"a.db\"); }" },

        // Code that creates the consumer.
        { "DP4010", Registration + "public class Report(V control) { public void Run() => control.Run(\"u\"); }" },
        { "DP4010", Registration + Worker },

        // A provider of overrides.
        { "DP4011", Weighted },
    };

    [Theory]
    [MemberData(nameof(MissingHere))]
    public async Task What_a_library_lacks_is_reported_only_in_an_application(string id, string source)
    {
        Assert.Equal([id], (await AnalyzerVerifier.OfProgramAsync(Types + source)).Ids);
        Assert.Empty((await AnalyzerVerifier.OfAsync(Types + source)).Ids);
    }

    [Theory]
    [InlineData("DP2004", "class C { void R(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<W>(\"b\").WithSemantics(ExposureSemantics.OnDecision)); async Task M(IExposureLogger<IPlain> logger) => await logger.LogExposureAsync(\"u\"); }")]
    [InlineData("DP2005", "class R { void M(ExperimentFrameworkBuilder b) => " + Trial + "." + "Trial<IPlain>(t => t.AddControl<V>().AddVariant<W>(\"b\")); }")]
    [InlineData("DP2009", Registration + "class C { async Task M(IEventPublisher p) => await p.PublishAsync(new ExposureEvent { ExperimentName = \"plain\", VariantKey = \"B\", SubjectId = \"u\", SelectionReason = \"x\", Timestamp = default }); }")]
    [InlineData("DP3006", "[ExposureLogged] public interface IA { void Run([ExposureSubject(\"user\")] string user); } class C { void R(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); " + Publishing + "}")]
    [InlineData("DP3007", "class C { void M(IPlain plain) => plain.Run(Guid.NewGuid().ToString()); }")]
    [InlineData("DP3008", "[ExposureLogged] public interface IA { [Exposed] string this[[ExposureSubject] string user] { get; } void Run([ExposureSubject] string user); } class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); }")]
    [InlineData("DP3009", "class C { async Task M(IEventPublisher p) => await p.PublishAsync(new MetricEvent { ExperimentName = \"*\", MetricName = \"x\", Value = 1, Timestamp = default }); }")]
    [InlineData("DP4002", Registration + "class O { void M(IServiceCollection s) => s.AddDataBackplane(" + Blocking + "); }")]
    [InlineData("DP4010", Registration + "class Report(V control) { public void Run() => control.Run(\"u\"); }")]
    [InlineData("DP4010", Registration + "public class Report(V control) { public void Run() => control.Run(\"u\"); } class S { void M(IServiceCollection s) => s.AddScoped<Report>(); }")]
    [InlineData("DP4010", Registration + "public interface IReport { } public class Report(V control) : IReport { public void Run() => control.Run(\"u\"); } class S { void M(IServiceCollection s) => s.AddScoped<IReport, Report>(); }")]
    [InlineData("DP4010", Registration + Worker + "class S { void M(IServiceCollection s) => s.AddHostedService<Work>(); }")]
    [InlineData("DP4010", Registration + "public class Report(V control) { public void Run() => control.Run(\"u\"); } class S { void M(IServiceCollection s) => s.AddKeyedScoped<Report>(\"a\"); }")]
    [InlineData("DP4010", Registration + "public interface IReport { } public class Report(V control) : IReport { public void Run() => control.Run(\"u\"); } class S { void M(IServiceCollection s) => s.TryAddKeyedSingleton<IReport, Report>(\"a\"); }")]
    [InlineData("DP4010", Registration + "public interface IReport { } public class Report(V control) : IReport { public void Run() => control.Run(\"u\"); } class S { void M(IServiceCollection s) => s.Add(ServiceDescriptor.KeyedTransient<IReport, Report>(\"a\")); }")]
    [InlineData("DP4011", "class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>()); }")]
    public async Task What_is_wrong_whatever_the_application_adds_is_reported_in_a_library_too(string id, string source) =>
        Assert.Equal([id], (await AnalyzerVerifier.OfAsync(Types + source)).Ids);

    [Theory]
    [InlineData("class O { void M(IServiceCollection s) => s.AddDataBackplane(" + Blocking + "); }")]
    [InlineData("[ExposureLogged] public interface IA { void Run([ExposureSubject(\"user\")] string user); } class C { " + Publishing + "}")]
    [InlineData("[ExposureLogged] public interface IA { string Name { get; } [Exposed] string this[[ExposureSubject] string user] { get; } void Run([ExposureSubject] string user); }")]
    public async Task What_is_wrong_only_with_a_registration_is_left_alone_where_there_is_none(string source)
    {
        Assert.Empty((await AnalyzerVerifier.OfProgramAsync(Types + source)).Ids);
        Assert.Empty((await AnalyzerVerifier.OfAsync(Types + source)).Ids);
    }

    [Theory]
    [InlineData("")]
    [InlineData("class R { void M(IServiceCollection s) => s.AddScoped<IPlain, V>(); } ")]
    [InlineData("[ExposureLogged] public interface IOther { void Run([ExposureSubject] string user); } " + Registration)]
    public async Task An_interface_that_nothing_registers_is_reported_only_in_an_application(string source)
    {
        Assert.Equal(["DP4006"], (await AnalyzerVerifier.OfAsync(Types.Replace("[ExposureLogged", "Console.Write(1); [ExposureLogged", StringComparison.Ordinal) + source)).Ids);
        Assert.Empty((await AnalyzerVerifier.OfAsync(Types + source)).Ids);
    }

    [Fact]
    public async Task Personal_data_that_an_application_may_redact_is_an_info_in_a_library()
    {
        const string Source = Types + "[ExposureLogged] public interface IA { void Run([ExposureSubject] string user, [ExposureAttribute] string email); } class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); }";
        var program = Assert.Single((await AnalyzerVerifier.OfProgramAsync(Source)).Diagnostics);
        var library = Assert.Single((await AnalyzerVerifier.OfAsync(Source)).Diagnostics);

        Assert.Equal(("DP3004", DiagnosticSeverity.Warning), (program.Id, program.Severity));
        Assert.Equal(("DP3004", DiagnosticSeverity.Info), (library.Id, library.Severity));
    }

    [Theory]
    [InlineData("class O : IVariantOverrideProvider { public string? FindVariant(string experimentName) => null; }", null)]
    [InlineData("static class O { static void M(IServiceCollection s) => s.AddHttpVariantOverrides(); static void AddHttpVariantOverrides(this IServiceCollection s) { } }", null)]
    [InlineData("", "public abstract class Testing : ExperimentFramework.DataPlane.IVariantOverrideProvider { public abstract string FindVariant(string experimentName); }")]
    public async Task A_variant_without_weight_that_an_override_may_reach_is_left_alone(string source, string? library) =>
        Assert.Empty((await AnalyzerVerifier.OfProgramAsync(Types + Weighted + source, library)).Ids);

    [Fact]
    public async Task A_variant_without_weight_that_another_assembly_may_let_requests_reach_is_left_alone()
    {
        var package = AnalyzerVerifier.Library(
            "public static class Requests { public static void AddHttpVariantOverrides(this Microsoft.Extensions.DependencyInjection.IServiceCollection s) { } }", name: "ExperimentFramework.DataPlane.Requests");
        var caller = AnalyzerVerifier.Library("public static class Testing { public static void Add(Microsoft.Extensions.DependencyInjection.IServiceCollection s) => s.AddHttpVariantOverrides(); }", references: [package]);

        Assert.Equal(["DP4011"], (await AnalyzerVerifier.OfProgramAsync(Types + Weighted, new AnalyzedProject { MoreReferences = [package] })).Ids);
        Assert.Empty((await AnalyzerVerifier.OfProgramAsync(Types + Weighted, new AnalyzedProject { MoreReferences = [package, caller] })).Ids);
    }

    [Theory]
    [InlineData("ExperimentFramework.DataPlane.ExperimentFrameworkBuilder b) where T : class => b.Trial<T>(t => t.WithSemantics(ExperimentFramework.DataPlane.ExposureSemantics.Explicit));", false)]
    [InlineData("ExperimentFramework.DataPlane.ExperimentFrameworkBuilder b) where T : class => b.Trial<T>(t => t.WithSemantics(ExperimentFramework.DataPlane.ExposureSemantics.Explicit));", true)]
    [InlineData("IServiceCollection s) where T : class => s.AddExposureLogging<T>(l => l.Named(\"own\"));", false)]
    [InlineData("IServiceCollection s) where T : class => s.AddExposureLogging<T>(l => l.Named(\"own\"));", true)]
    public async Task An_assembly_that_may_register_the_interface_may_make_a_call_right(string registration, bool isOpen) => Assert.Empty((await AnalyzerVerifier.OfProgramAsync(
        Types + "[ExposureLogged(Semantics = ExposureSemantics.OnDecision)] public interface ISelf { void Run([ExposureSubject] string user); } class C { async Task M(IExposureLogger<ISelf> logger) { Setup.Add<ISelf>(null!); await logger.LogExposureAsync(\"u\"); } }",
        new AnalyzedProject { LibrarySource = "using Microsoft.Extensions.DependencyInjection; public static class Setup { public static void Add<T>(" + registration + " }", IsLibraryOpen = isOpen })).Ids);

    [Theory]
    [InlineData("IEventPublisher publisher", "publisher.FlushAsync()")]
    [InlineData("ExposureEvent exposure", "exposure")]
    public async Task An_assembly_that_publishes_other_events_or_only_reads_exposures_logs_none(string parameter, string result) =>
        Assert.Equal(["DP2003"], (await AnalyzerVerifier.OfProgramAsync(
            Types + "class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<W>(\"b\").WithSemantics(ExposureSemantics.Explicit)); }",
            $"using ExperimentFramework.DataPlane; public static class Log {{ public static object Of({parameter}) => {result}; }}")).Ids);
}
