using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP4006, DP4012, DP4013 and DP2010: what is registered or asked for, and has no effect.</summary>
public sealed class UnusedRegistrationTests
{
    private const string Plain = ".AddVariant<V>(\"b\")";
    private const string Monitor = "namespace Microsoft.Extensions.DependencyInjection { public static class Monitors { public static IServiceCollection AddExperimentMonitor(this IServiceCollection services) => services; } }";
    private const string Sticky = Plain + ".WithPolicy(AssignmentPolicy.SubjectSticky)";

    [Theory]
    [InlineData("services.[|AddSqliteAssignmentStore|](\"a.db\");", Plain)]
    [InlineData("services.[|AddInMemoryAssignmentStore|]();", Plain + ".WithPolicy(AssignmentPolicy.SessionSticky)")]
    [InlineData("services.[|AddRedisAssignmentStore|](\"localhost\");", Plain + ".WithPolicy(AssignmentPolicy.BestEffort)")]
    [InlineData("services.[|AddAssignmentStore|](_ => null!);", Plain)]
    [InlineData("services.[|AddInMemoryAssignmentStore|](); services.AddSingleton<IBanner, V>(); services.AddExposureLogging<IBanner>(e => e.Using(new S()));", Plain)]
    public async Task A_store_without_a_policy_is_reported(string registration, string trial) => (await AnalyzerVerifier.OfAsync(Program(registration, trial))).Expect("DP4012");

    [Theory]
    [InlineData("services.AddSqliteAssignmentStore(\"a.db\");", Sticky)]
    [InlineData("services.AddRedisAssignmentStore(\"localhost\");", Plain + ".WithPolicy(AssignmentPolicy.GloballySticky)")]
    [InlineData("var policy = (AssignmentPolicy)args.Length; services.AddSqliteAssignmentStore(\"a.db\");", Plain + ".WithPolicy(policy)")]
    [InlineData("services.AddSqliteAssignmentStore(\"a.db\"); services.BuildServiceProvider().GetServices<IAssignmentStore>();", Plain)]
    [InlineData("services.AddSqliteAssignmentStore(\"a.db\"); services.AddExperimentFramework(e => e.Trial<IBanner>(Describe)); static void Describe(TrialBuilder<IBanner> t) => t.AddControl<V>();", Plain)]
    public async Task A_store_that_may_be_used_is_left_alone(string registration, string trial) => (await AnalyzerVerifier.OfAsync(Program(registration, trial))).Expect();

    [Fact]
    public async Task A_store_of_a_library_is_left_alone() =>
        (await AnalyzerVerifier.OfAsync(Usings + "public class C { void M(string[] args) { " + Statements("services.AddSqliteAssignmentStore(\"a.db\"); services.AddSqliteOutbox(\"b.db\");", Plain) + " } } " + Types + Interfaces("IServed"))).Expect();

    [Theory]
    [InlineData("public static class More { public static void Add(ExperimentFramework.DataPlane.ExperimentFrameworkBuilder builder) { } }")]
    [InlineData("public static class More { public static void Add(ExperimentFramework.DataPlane.IAssignmentStore store) { } }")]
    public async Task Another_assembly_may_use_the_store(string library) =>
        (await AnalyzerVerifier.OfAsync(Program("services.AddSqliteAssignmentStore(\"a.db\");", Plain), library)).Expect();

    [Theory]
    [InlineData("services.[|AddSqliteOutbox|](\"b.db\");", "no destination is registered")]
    [InlineData("services.[|AddPostgreSqlOutbox|](\"Host=db\");", "no destination is registered")]
    [InlineData("services.AddInMemoryDataBackplane(); services.[|AddSqliteOutbox|](\"b.db\");", "only the in-memory destination is registered")]
    [InlineData("services.AddDataBackplane(o => o.SamplingRate = 0.5); services.[|AddSqliteOutbox|](\"b.db\", o => { });", "no destination is registered")]
    public async Task An_outbox_without_a_queue_is_reported(string registration, string message)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Program(registration, Plain));

        analyzed.Expect("DP4013");
        Assert.Equal($"An outbox is registered, but no destination has a queue ({message}), so the outbox stays empty: add a destination, or remove the outbox", analyzed.Message);
    }

    [Theory]
    [InlineData("services.AddLoggingDataBackplane();")]
    [InlineData("services.AddCompositeDataBackplane(_ => null!);")]
    [InlineData("services.AddFileDataBackplane(\"folder\");")]
    [InlineData("services.AddSqliteDataBackplane(\"events.db\");")]
    [InlineData("services.AddPostgreSqlDataBackplane(\"Host=db\");")]
    [InlineData("services.AddParquetDataBackplane(\"folder\");")]
    [InlineData("services.AddDataBackplane<LoggingDataBackplane>();")]
    [InlineData("services.AddSingleton<IDataBackplane>(_ => null!);")]
    public async Task An_outbox_with_a_queue_is_left_alone(string destination) =>
        (await AnalyzerVerifier.OfAsync(Program(destination + " services.AddSqliteOutbox(\"b.db\");", Plain))).Expect();

    [Theory]
    [InlineData("public static class More { public static void Add(ExperimentFramework.DataPlane.IDataBackplane backplane) { } }")]
    [InlineData("using Microsoft.Extensions.DependencyInjection; public static class More { public static void Add(IServiceCollection services) => services.AddLoggingDataBackplane(); }")]
    public async Task Another_assembly_may_register_a_destination(string library) =>
        (await AnalyzerVerifier.OfAsync(Program("services.AddSqliteOutbox(\"b.db\");", Plain), library)).Expect();

    [Theory]
    [InlineData("services.AddParquetDataBackplane(\"folder\")", false)]
    [InlineData("services.AddParquetDataBackplane(\"folder\")", true)]
    [InlineData("services.AddSqliteDataBackplane(\"events.db\")", false)]
    [InlineData("services.AddPostgreSqlDataBackplane(\"Host=db\")", false)]
    public async Task Another_assembly_may_register_a_destination_of_another_package(string call, bool isLibraryOpen) => (await AnalyzerVerifier.OfAsync(
        Program("services.AddSqliteOutbox(\"b.db\");", Plain),
        new AnalyzedProject { LibrarySource = "using Microsoft.Extensions.DependencyInjection; public static class More { public static void Add(IServiceCollection services) => " + call + "; }", IsLibraryOpen = isLibraryOpen })).Expect();

    [Fact]
    public async Task The_monitor_is_a_destination_with_a_queue() => (await AnalyzerVerifier.OfAsync(
        Program("services.AddInMemoryDataBackplane(); services.AddExperimentMonitor(); services.AddSqliteOutbox(\"b.db\");", Plain),
        new AnalyzedProject { MoreReferences = [AnalyzerVerifier.Library(Monitor, name: "ExperimentFramework.DataPlane.Science")] })).Expect();

    [Fact]
    public async Task An_outbox_of_any_package_of_the_data_plane_is_one() => (await AnalyzerVerifier.OfAsync(
        Program("services.[|AddOtherOutbox|]();", Plain),
        new AnalyzedProject { MoreReferences = [AnalyzerVerifier.Library(OtherOutbox, name: "ExperimentFramework.DataPlane.Other")] })).Expect("DP4013");

    [Fact]
    public async Task An_outbox_of_something_else_is_left_alone() =>
        (await AnalyzerVerifier.OfAsync(Program("services.AddOtherOutbox();", Plain), OtherOutbox)).Expect();

    [Theory]
    [InlineData("services.AddDataBackplane(o => o.EnableOutcomeEvents = [|false|]);", "IRecording")]
    [InlineData("services.AddDataBackplane(o => { o.SamplingRate = 1; o.EnableOutcomeEvents = [|Own.Off|]; }); ", "IRecording")]
    public async Task Outcomes_that_are_switched_off_are_reported(string registration, string service)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Program(registration, Plain, service));

        analyzed.Expect("DP2010");
        Assert.Equal("'IRecording' sets RecordOutcomes = true, but the option EnableOutcomeEvents is false, so no outcomes are recorded", analyzed.Message);
    }

    [Theory]
    [InlineData("services.AddDataBackplane(o => o.EnableOutcomeEvents = true);", "IRecording")]
    [InlineData("services.AddDataBackplane(o => o.EnableOutcomeEvents = false);", "IBanner")]
    [InlineData("services.AddDataBackplane(o => o.EnableExposureEvents = false);", "IRecording")]
    [InlineData("services.AddDataBackplane(o => o.EnableOutcomeEvents = args.Length > 0);", "IRecording")]
    [InlineData("services.AddDataBackplane(o => { if (args.Length > 0) { o.EnableOutcomeEvents = false; } });", "IRecording")]
    [InlineData("services.AddDataBackplane(o => o.EnableOutcomeEvents = false); services.AddDataBackplane(o => o.EnableOutcomeEvents = true);", "IRecording")]
    [InlineData("services.AddDataBackplane(o => o.EnableOutcomeEvents = false); services.Configure<DataPlaneOptions>(o => GC.KeepAlive(o));", "IRecording")]
    [InlineData("var own = new Own { EnableOutcomeEvents = false };", "IRecording")]
    public async Task Outcomes_that_may_be_on_are_left_alone(string registration, string service) =>
        (await AnalyzerVerifier.OfAsync(Program(registration, Plain, service))).Expect();

    [Theory]
    [InlineData("services.AddSingleton<IIdle, V>();")]
    [InlineData("services.AddScoped<IIdle>(_ => new V());")]
    [InlineData("services.TryAddTransient<IIdle, V>();")]
    [InlineData("services.AddSingleton(typeof(IIdle), typeof(V));")]
    [InlineData("services.Add(ServiceDescriptor.Singleton<IIdle, V>());")]
    [InlineData("services.AddTransient<IIdle, V>().AddLogging();")]
    public async Task An_interface_that_is_only_registered_plainly_is_a_warning(string registration)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Program(registration, Plain, more: ", IIdle") + "[ExposureLogged(\"idle\")] public interface [|IIdle|] { void Run([ExposureSubject] string user); }");

        analyzed.Expect("DP4006");
        Assert.Equal(DiagnosticSeverity.Warning, analyzed.Diagnostics[0].Severity);
    }

    [Theory]
    [InlineData("services.AddSingleton<V>();")]
    [InlineData("services.AddKeyedSingleton<IIdle, V>(\"key\");")]
    [InlineData("Own.AddSingleton<IIdle>();")]
    public async Task An_interface_that_may_be_served_elsewhere_is_an_info(string registration)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Program(registration, Plain, more: ", IIdle") + "[ExposureLogged(\"idle\")] public interface [|IIdle|] { void Run([ExposureSubject] string user); }");

        analyzed.Expect("DP4006");
        Assert.Equal(DiagnosticSeverity.Info, analyzed.Diagnostics[0].Severity);
    }

    [Fact]
    public async Task A_library_that_registers_plainly_is_left_alone() => (await AnalyzerVerifier.OfAsync(
        Usings + "public class C { void M(IServiceCollection services) => services.AddSingleton<IBanner, V>(); } " + Types + Interfaces("IBanner"))).Expect();

    private const string Usings = """
        using System;
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.DependencyInjection.Extensions;

        """;

    private const string OtherOutbox = "namespace Microsoft.Extensions.DependencyInjection { public static class Outboxes { public static IServiceCollection AddOtherOutbox(this IServiceCollection services) => services; } }";
    private const string Banner = " [ExposureLogged(\"banner\")] public interface IBanner { void Run([ExposureSubject] string user); }";
    private const string Recording = " [ExposureLogged(\"recording\", RecordOutcomes = true)] public interface IRecording { void Run([ExposureSubject] string user); }";
    private const string Served = " [ExposureLogged(\"served\")] public interface IServed { void Run([ExposureSubject] string user); }";

    private const string Types = """

         public sealed class Own { public const bool Off = false; public bool EnableOutcomeEvents { get; set; } public static void AddSingleton<T>() { } }
         public sealed class S : IVariantSelector { public VariantSelection Select(in SelectionContext context) => new("x", "y"); }
        """;

    /// <summary>A program that registers an experiment, with the interfaces that it names.</summary>
    private static string Program(string registration, string trial, string service = "IServed", string more = "")
    {
        var statements = Statements(registration, trial, service);
        return Usings + statements + Types + Interfaces(statements, more);
    }

    private static string Interfaces(string statements, string more = "")
    {
        var named = new[] { ("IBanner", Banner), ("IRecording", Recording), ("IServed", Served) }.Where(type => statements.Contains(type.Item1, StringComparison.Ordinal)).ToList();
        return string.Concat(named.Select(type => type.Item2))
            + $" public sealed class V : {string.Join(", ", named.Select(type => type.Item1))}{more} {{ public void Run(string user) {{ }} }} ";
    }

    private static string Statements(string registration, string trial, string service = "IServed") =>
        $"var services = new ServiceCollection(); {registration} services.AddExperimentFramework(e => e.WithExposureLogging().Trial<{service}>(t => t.AddControl<V>(){trial})); ";
}
