using System.Globalization;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>Rules that need the whole compilation.</summary>
public sealed class CompilationAnalyzerTests
{
    private const string Using = """
        using System;
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;

        """;

    private const string Types = """
        [ExposureLogged("plain")] public interface IPlain { void Run([ExposureSubject] string user); }
        [ExposureLogged("hand", Semantics = ExposureSemantics.Explicit)] public interface IHand { void Run([ExposureSubject] string user); }
        [ExposureLogged("self", Semantics = ExposureSemantics.OnFirstUse)] public interface ISelf { void Run([ExposureSubject] string user); }
        [ExposureLogged("generic")] public interface IGeneric<T> { void Run([ExposureSubject] string user); }
        public sealed class V : IPlain, IHand, ISelf, IGeneric<int>, IGeneric<string> { public void Run(string user) { } }
        public sealed class S : IVariantSelector { public VariantSelection Select(in SelectionContext context) => new("x", "y"); }

        """;

    /// <summary>A library with contracts only: of all of this it says nothing.</summary>
    private const string Contracts = """
        using ExperimentFramework.DataPlane;
        [ExposureLogged("far", Semantics = ExposureSemantics.Explicit)] public interface IFar { void Run(string userId); }
        [ExposureLogged("far-self", Semantics = ExposureSemantics.OnDecision)] public interface IFarSelf { void Run([ExposureSubject] string userId); }
        public sealed class Far : IFar, IFarSelf { public void Run(string userId) { } }
        public static class Names { public const string Plain = "plain"; public const ExposureSemantics ByHand = ExposureSemantics.Explicit; }
        """;

    public static TheoryData<string, string> FiresInClass => new()
    {
        // DP4002
        { "DP4002", "void M(IServiceCollection s, ExperimentFrameworkBuilder b) { s.AddDataBackplane(o => o.FailureMode = [|BackplaneFailureMode.Block|]); b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\")); }" },
        { "DP4002", "void M(DataPlaneOptions o) => o.FailureMode = [|(BackplaneFailureMode)1|]; void N(ExperimentFrameworkBuilder b) => b.Trial<IHalf>(t => t.AddControl<IHalf>().AddVariant<IHalf>(\"b\")); [ExposureLogged] public interface IHalf { Task RunAsync([ExposureSubject] string user); void Run([ExposureSubject] string user); }" },
        { "DP4002", "object M() => new DataPlaneOptions { FailureMode = [|Mode|] }; const BackplaneFailureMode Mode = BackplaneFailureMode.Block; void N(IServiceCollection s) => s.AddExposureLogging<IPlain>(e => e.Using(new S()));" },

        // DP2003
        { "DP2003", "void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics([|ExposureSemantics.Explicit|]));" },
        { "DP2003", "void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => { t.AddControl<V>().AddVariant<V>(\"b\"); t.WithSemantics([|Names.ByHand|]); });" },
        { "DP2003", "void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics(ExposureSemantics.OnFirstUse).WithSemantics([|ExposureSemantics.Explicit|]));" },
        { "DP2003", "void M(ExperimentFrameworkBuilder b) => b.Trial<IGeneric<int>>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics([|ExposureSemantics.Explicit|])); async Task Log(IExposureLogger<IGeneric<string>> l) => await l.LogExposureAsync();" },
        { "DP2003", "void M(IServiceCollection s) => s.AddExposureLogging<IPlain>(e => e.Using(new S()).WithSemantics([|ExposureSemantics.Explicit|]));" },
        { "DP2003", "void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics([|ExposureSemantics.Explicit|])); object N(IExposureLogger<IPlain> logger) => nameof(logger.LogExposureAsync);" },
        { "DP2003", "void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics([|ExposureSemantics.Explicit|])); void LogExposureAsync() { } void N() => LogExposureAsync();" },
        { "DP2003", "void M(IServiceCollection s) { s.AddDataBackplane(o => o.ExposureSemantics = ExposureSemantics.Explicit).AddExperimentFramework(b => b.Trial<[|IPlain|]>(t => t.AddControl<V>().AddVariant<V>(\"b\"))); }" },
        { "DP2003", "void M(IServiceCollection s) { s.AddDataBackplane(o => { o.SamplingRate = 1; o.ExposureSemantics = Names.ByHand; }).AddExposureLogging<[|IPlain|]>(e => e.Using(new S())); }" },
        { "DP2003", "void M(ExperimentFrameworkBuilder b) { Register(); void Register() => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics([|ExposureSemantics.Explicit|])); }" },

        { "DP2003", "void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics([|ExposureSemantics.Explicit|])); async Task N(IExposureRecorder r) => await r.RecordAsync(new DecidedExposure { ExperimentName = \"gateway\", VariantKey = \"on\", SubjectId = \"u\" });" },
        { "DP2003", "void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics([|ExposureSemantics.Explicit|])).Trial<ISelf>(t => t.AddControl<V>().AddVariant<V>(\"b\")); async Task N(IExperiments e) => await e.ExposeAsync(\"self\", \"u\");" },
        { "DP2003", "void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics([|ExposureSemantics.Explicit|])); async Task N(IEventPublisher p, ErrorEvent e) { await p.PublishAsync(e); Console.Write(nameof(IExposureRecorder.RecordAsync)); }" },

        // DP2004
        { "DP2004", "async Task M(IExposureLogger<ISelf> logger) => await logger.[|LogExposureAsync|](\"u\");" },
        { "DP2004", "async Task M(IExposureLogger<ISelf>? logger) { if (logger?.[|LogExposureAsync|]() is { } task) await task; }" },
        { "DP2004", "Func<IExposureLogger<ISelf>, ValueTask<bool>> M() => logger => logger.[|LogExposureAsync|]();" },
        { "DP2004", "async Task M(IExposureLogger<ISelf> logger) { await Log(); async Task Log() => await logger.[|LogExposureAsync|](); }" },
        { "DP2004", "async Task M(IExposureLogger<IPlain> logger) => await logger.[|LogExposureAsync|](\"u\"); void R(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\"));" },
        { "DP2004", "async Task M(IExposureLogger<IPlain> logger) => await logger.[|LogExposureAsync|](\"u\"); void R(IServiceCollection s) => s.AddDataBackplane(o => o.ExposureSemantics = ExposureSemantics.OnFirstUse).AddExposureLogging<IPlain>(e => e.Using(new S()));" },
        { "DP2004", "async Task M(IExposureLogger<IHand> logger) => await logger.[|LogExposureAsync|](\"u\"); void R(ExperimentFrameworkBuilder b) => b.Trial<IHand>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics(ExposureSemantics.OnDecision));" },
        { "DP2004", "async Task M(IExposureLogger<IFarSelf> logger) => await logger.[|LogExposureAsync|](\"u\");" },
        { "DP2004", "async Task M(MyLogger logger) => await logger.[|LogExposureAsync|](\"u\"); sealed class MyLogger : IExposureLogger<ISelf> { public ValueTask<bool> LogExposureAsync(System.Threading.CancellationToken c = default) => default; public ValueTask<bool> LogExposureAsync(string s, System.Threading.CancellationToken c = default) => default; }" },

        // DP2005
        { "DP2005", "void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")).Trial<[|ISelf|]>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\"));" },
        { "DP2005", "void M(ExperimentFrameworkBuilder b) { b.Trial<ISelf>(Names.Plain, t => t.AddControl<V>().AddVariant<V>(\"b\")); b.WithExposureLogging().Trial<[|IPlain|]>(t => t.AddControl<V>().AddVariant<V>(\"b\")); }" },
        { "DP2005", "void M(ExperimentFrameworkBuilder b) => b.Trial<IGeneric<int>>(t => t.AddControl<V>().AddVariant<V>(\"b\")).Trial<[|IGeneric<string>|]>(t => t.AddControl<V>().AddVariant<V>(\"b\"));" },
        { "DP2005", "void M(IServiceCollection s) => s.AddExposureLogging<IPlain>(e => e.Using(new S()).Named(\"x\")).AddExposureLogging<[|ISelf|]>(e => e.Using(new S()).Named(\"x\"));" },
        { "DP2005", "void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\")).Trial<[|IPlain|]>(t => t.AddControl<V>().AddVariant<V>(\"b\"));" },
        { "DP2005", "void M(ExperimentFrameworkBuilder b) { b.Trial<IPlain>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")); b.Trial<IPlain>(\"y\", t => t.AddControl<V>().AddVariant<V>(\"b\")); b.Trial<[|IPlain|]>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")); }" },
        { "DP2005", "void M(IServiceCollection s) => s.AddExposureLogging<IPlain>(e => e.Using(new S())).AddExposureLogging<[|IPlain|]>(e => e.Using(new S()), 1);" },
    };

    public static TheoryData<string, string> FiresAlone => new()
    {
        // DP2005
        { "DP2005", "[ExposureLogged(\"x\")] public interface IA { void Run(); } [ExposureLogged([|\"x\"|])] public interface IB { void Run(); }" },
        { "DP2005", "[ExposureLogged(Names.Plain)] public interface IA { void Run(); } [ExposureLogged([|\"pl\" + \"ain\"|])] public interface IB { void Run(); }" },
        { "DP2005", "[ExposureLogged(\"IB\")] public interface IA { void Run(); } [ExposureLogged] public interface [|IB|] { void Run(); }" },
        { "DP2005", "namespace One { [ExposureLogged] public interface IA { void Run(); } } namespace Two { [ExposureLogged] public interface [|IA|] { void Run(); } }" },
        { "DP2005", "[ExposureLogged(nameof(IA))] public partial interface IA { void Run(); } public partial interface IA { } public static class Outer { [ExposureLogged] public interface [|IA|] { void Run(); } }" },
        { "DP2005", "[ExposureLogged(\"x\")] public interface IA<T> { void Run(); } [ExposureLogged([|\"x\"|])] public interface IB { void Run(); }" },

        // DP3001
        { "DP3001", "[ExposureLogged] public interface IA { void [|Run|](string userId); } " + Registering("IA") },
        { "DP3001", "[ExposureLogged] public interface IA { void Run([ExposureSubject] string userId); Task [|LoadAsync|](string userId); [NotExposed] void Warm(); [NotExposed] int Property { get; } } " + Registering("IA") },
        { "DP3001", "public interface IBase { void [|Run|](); } [ExposureLogged] public interface IA : IBase { } [ExposureLogged] public interface IB : IBase { } " + Registering("IA") + Registering("IB") },
        { "DP3001", "[ExposureLogged] public interface IA { [Exposed] int [|Property|] { get; } void Run([ExposureSubject] string user); } " + Registering("IA") },
        { "DP3001", "[ExposureLogged] public interface IA<T> { void [|Run|](T user); } " + Registering("IA<int>") + Registering("IA<string>") },
        { "DP3001", "[ExposureLogged] public partial interface IA { void Run([ExposureSubject] string user); } public partial interface IA { void [|Load|](); } " + Registering("IA") },
        { "DP3001", "[ExposureLogged] public interface IA { void [|Run|](); } public class R : System.Collections.Generic.List<int> { void M(IServiceCollection s) => s.AddExposureLogging<IA>(Configure); void Configure(ExposureLoggingBuilder<IA> e) { } }" },
        { "DP3001", "using Trials = ExperimentFramework.DataPlane.ExperimentFrameworkBuilder; [ExposureLogged] public interface IA { void [|Run|](); } public class R { object M(Trials b) => (Func<Action<TrialBuilder<IA>>, Trials>)b.Trial<IA>; }" },
        { "DP3001", "[ExposureLogged] public interface IA : Contract.IPlain { } public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<[|IA|]>(t => { t.AddControl<IA>().AddVariant<IA>(\"b\"); }); } namespace Contract { public interface IPlain : Library.IUntagged { } }" },

        // DP4006
        { "DP4006", "Console.Write(1); [ExposureLogged] public interface [|IA|] { void Run(); }" },
        { "DP4006", "Console.Write(1); [ExposureLogged] public partial interface [|IA|] { void Run(); } public partial interface IA { } [ExposureLogged] public interface IB { void Run([ExposureSubject] int user); } " + Registering("IB") },
        { "DP4006", "Console.Write(typeof(IA)); new ServiceCollection().AddSingleton<IA>(s => null!); [ExposureLogged] public interface [|IA|] { void Run(); }" },
    };

    [Theory]
    [MemberData(nameof(FiresInClass))]
    public async Task It_fires_at_the_place(string id, string members) =>
        (await AnalyzerVerifier.OfProgramAsync(Using + Types + "public class C { " + members + " }", Contracts)).Expect(id);

    [Theory]
    [MemberData(nameof(FiresAlone))]
    public async Task It_fires_at_the_interface(string id, string source) => (await AnalyzerVerifier.OfProgramAsync(
        source.StartsWith("using", StringComparison.Ordinal) ? source[..(source.IndexOf(';') + 1)] + Using + source[(source.IndexOf(';') + 1)..] : Using + source,
        Contracts + "namespace Library { public interface IUntagged { void Run(); } }")).Expect(id);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_registered_contract_of_another_project_lacks_is_reported_at_the_registration(bool isLibraryOpen)
    {
        const string source = "public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<[|IFar|]>(t => t.AddControl<Far>().AddVariant<Far>(\"b\")); }";

        (await AnalyzerVerifier.OfProgramAsync(Using + source, new AnalyzedProject { LibrarySource = Contracts, IsLibraryOpen = isLibraryOpen })).Expect("DP2003", "DP3001");
    }

    [Fact]
    public async Task The_identity_of_web_requests_is_a_subject_provider()
    {
        const string library = "namespace Microsoft.Extensions.DependencyInjection { public static class HttpSubjectServiceCollectionExtensions { public static IServiceCollection AddHttpSubjectIdentity(this IServiceCollection services) => services; } }";
        const string source = "[ExposureLogged] public interface IA { void Run(); } public class R { void M(IServiceCollection s, ExperimentFrameworkBuilder b) { s.AddHttpSubjectIdentity(); b.Trial<IA>(t => { }); } }";

        Assert.DoesNotContain("DP3001", (await AnalyzerVerifier.OfProgramAsync(Using + source, library)).Ids);
    }

    [Fact]
    public async Task A_library_of_contracts_hears_nothing_of_registration() =>
        (await AnalyzerVerifier.OfProgramAsync(Contracts.Replace("using ExperimentFramework.DataPlane;", Using, StringComparison.Ordinal))).Expect();

    [Theory]
    [InlineData("await logger.LogExposureAsync();", "IExposureLogger<IHand> logger")]
    [InlineData("Func<string, System.Threading.CancellationToken, ValueTask<bool>> log = logger.LogExposureAsync; await log(\"u\", default);", "IExposureLogger<IHand> logger")]
    [InlineData("await Log(logger); static async Task Log<T>(IExposureLogger<T> any) where T : class => await any.LogExposureAsync();", "IExposureLogger<IHand> logger")]
    [InlineData("await logger.LogExposureAsync();", "dynamic logger")]
    [InlineData("await (logger?.LogExposureAsync() ?? default);", "IExposureLogger<IHand>? logger")]
    [InlineData("await recorder.RecordAsync(new DecidedExposure { ExperimentName = \"hand\", VariantKey = \"control\", SubjectId = \"u\" });", "IExposureRecorder recorder")]
    [InlineData("await Record(recorder, default); static async Task Record(IExposureRecorder r, DecidedExposure exposure) => await r.RecordAsync(exposure);", "IExposureRecorder recorder")]
    [InlineData("Func<DecidedExposure, System.Threading.CancellationToken, ValueTask<bool>> record = recorder.RecordAsync; await record(default, default);", "IExposureRecorder recorder")]
    [InlineData("var name = Console.ReadLine()!; await experiments.ExposeAsync(name, \"u\");", "IExperiments experiments")]
    [InlineData("await publisher.PublishAsync(new ExposureEvent { ExperimentName = \"hand\", VariantKey = \"control\", SubjectId = \"u\", SelectionReason = \"x\", Timestamp = default });", "IEventPublisher publisher")]
    [InlineData("await publisher.PublishAsync(Made()); static ExposureEvent Made() => null!;", "IEventPublisher publisher")]
    public async Task An_experiment_that_somebody_may_log_by_hand_is_left_alone(string call, string parameter) =>
        (await AnalyzerVerifier.OfProgramAsync(Using + Types + Registering("IHand") + $"public class C {{ public async Task M({parameter}) {{ {call} }} }}")).Expect();

    [Theory]
    [InlineData("IExposureRecorder recorder", "recorder.RecordAsync(default)", false)]
    [InlineData("IExposureRecorder recorder", "recorder.RecordAsync(default)", true)]
    [InlineData("IExperiments experiments", "experiments.ExposeAsync(\"hand\", \"u\")", false)]
    [InlineData("IEventPublisher publisher, ExposureEvent exposure", "publisher.PublishAsync(exposure)", false)]
    public async Task An_assembly_that_may_record_exposures_by_name_may_log(string parameters, string call, bool isLibraryOpen) => (await AnalyzerVerifier.OfProgramAsync(
        Using + Types + Registering("IHand"),
        new AnalyzedProject { LibrarySource = $"using ExperimentFramework.DataPlane; public static class Logs {{ public static async System.Threading.Tasks.Task LogAsync({parameters}) => await {call}; }}", IsLibraryOpen = isLibraryOpen })).Expect();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_assembly_that_knows_the_logger_may_log(bool isLibraryOpen)
    {
        const string library = "using ExperimentFramework.DataPlane; public static class Logs { public static async System.Threading.Tasks.Task LogAsync<T>(System.IServiceProvider s) where T : class => await ((IExposureLogger<T>)s.GetService(typeof(IExposureLogger<T>))!).LogExposureAsync(); }";

        (await AnalyzerVerifier.OfProgramAsync(Using + Types + Registering("IHand"), new AnalyzedProject { LibrarySource = library, IsLibraryOpen = isLibraryOpen })).Expect();
    }

    [Fact]
    public async Task A_call_in_generated_code_is_a_call() =>
        (await AnalyzerVerifier.OfProgramAsync(
            Using + Types + Registering("IHand"),
            new AnalyzedProject { GeneratedSource = "public class Page { public async System.Threading.Tasks.Task M(ExperimentFramework.DataPlane.IExposureLogger<IHand> logger) => await logger.LogExposureAsync(); }" })).Expect();

    [Theory]
    [InlineData("void M(ExperimentFrameworkBuilder b, ExposureSemantics s) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics(s));")]
    [InlineData("void M(ExperimentFrameworkBuilder b) => b.Trial<IHand>(Describe); void Describe(TrialBuilder<IHand> t) => t.AddControl<V>().WithSemantics(ExposureSemantics.OnDecision);")]
    [InlineData("void M(ExperimentFrameworkBuilder b) => b.Trial<IHand>(t => Extensions.Describe(t.AddControl<V>().AddVariant<V>(\"b\")));")]
    [InlineData("void M(ExperimentFrameworkBuilder b) => b.Trial<IHand>(t => t.AddControl<V>().AddVariant<V>(\"b\").Describe());")]
    [InlineData("void M(ExperimentFrameworkBuilder b, bool f) => b.Trial<IHand>(t => { t.AddControl<V>().AddVariant<V>(\"b\"); if (f) { t.WithSemantics(ExposureSemantics.OnDecision); } });")]
    [InlineData("void M(ExperimentFrameworkBuilder b) => b.Trial<IHand>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics(ExposureSemantics.OnDecision));")]
    [InlineData("void M(IServiceCollection s, bool f) => s.AddDataBackplane(o => { if (f) { o.ExposureSemantics = ExposureSemantics.Explicit; } }).AddExposureLogging<IPlain>(e => e.Using(new S()));")]
    [InlineData("void M(IServiceCollection s) => s.AddDataBackplane(Set).AddExposureLogging<IPlain>(e => e.Using(new S())); void Set(DataPlaneOptions o) => o.ExposureSemantics = ExposureSemantics.Explicit;")]
    [InlineData("void M(IServiceCollection s) => s.AddDataBackplane(o => o.ExposureSemantics = ExposureSemantics.Explicit).AddDataBackplane(o => o.ExposureSemantics = ExposureSemantics.OnDecision).AddExposureLogging<IPlain>(e => e.Using(new S()));")]
    [InlineData("void M(IServiceCollection s) => s.AddDataBackplane(o => { o.ExposureSemantics = ExposureSemantics.Explicit; Bind(o); }).AddExposureLogging<IPlain>(e => e.Using(new S())); void Bind(object any) { }")]
    [InlineData("void M<T>(ExperimentFrameworkBuilder b) where T : class => b.Trial<T>(t => t.WithSemantics(ExposureSemantics.Explicit));")]
    [InlineData("void M(ExperimentFrameworkBuilder b) => b.Trial<IHand>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics(ExposureSemantics.OnFirstUse));")]
    public async Task Semantics_that_are_not_known_to_be_explicit_are_left_alone(string members) =>
        (await AnalyzerVerifier.OfProgramAsync(Using + Types + "public class C { " + members + " } public static class Extensions { public static void Describe(this TrialBuilder<IHand> t) => t.WithSemantics(ExposureSemantics.OnFirstUse); }")).Expect();

    [Theory]
    [InlineData("async Task M(IExposureLogger<IHand> logger) => await logger.LogExposureAsync(\"u\");")]
    [InlineData("async Task M(IExposureLogger<IPlain> logger) => await logger.LogExposureAsync(\"u\");")]
    [InlineData("async Task M(IExposureLogger<ISelf> logger) => await logger.LogExposureAsync(\"u\"); void R(ExperimentFrameworkBuilder b) => b.Trial<ISelf>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics(ExposureSemantics.Explicit));")]
    [InlineData("async Task M(IExposureLogger<ISelf> logger) => await logger.LogExposureAsync(\"u\"); void R(ExperimentFrameworkBuilder b) => b.Trial<ISelf>(\"a\", t => t.AddControl<V>().AddVariant<V>(\"b\")).Trial<ISelf>(\"b\", t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics(ExposureSemantics.Explicit));")]
    [InlineData("async Task M(IExposureLogger<ISelf> logger) => await logger.LogExposureAsync(\"u\"); void R(ExperimentFrameworkBuilder b) => b.Trial<ISelf>(Describe); void Describe(TrialBuilder<ISelf> t) { }")]
    [InlineData("async Task M(IExposureLogger<ISelf> logger) => await logger.LogExposureAsync(\"u\"); void R<T>(ExperimentFrameworkBuilder b) where T : class => b.Trial<T>(t => t.WithSemantics(ExposureSemantics.Explicit));")]
    [InlineData("async Task M(IExposureLogger<IPlain> logger) => await logger.LogExposureAsync(\"u\"); void R(IServiceCollection s) => s.AddDataBackplane(o => o.ExposureSemantics = ExposureSemantics.Explicit).AddExposureLogging<IPlain>(e => e.Using(new S()));")]
    [InlineData("async Task M(IExposureLogger<IPlain> logger) => await logger.LogExposureAsync(\"u\"); void R(IServiceCollection s) => s.Configure<DataPlaneOptions>(\"x\", o => { }).AddExposureLogging<IPlain>(e => e.Using(new S()));")]
    [InlineData("async Task M(IExposureLogger<IPlain> logger) => await logger.LogExposureAsync(\"u\"); void R(IServiceCollection s) => s.AddDataBackplane((o) => Bind(o)).AddExposureLogging<IPlain>(e => e.Using(new S())); void Bind(object any) { }")]
    [InlineData("async Task M<T>(IExposureLogger<T> logger) where T : class => await logger.LogExposureAsync(\"u\");")]
    [InlineData("Func<string, System.Threading.CancellationToken, ValueTask<bool>> M(IExposureLogger<ISelf> logger) => logger.LogExposureAsync;")]
    [InlineData("string M(IExposureLogger<ISelf> logger) => nameof(logger.LogExposureAsync);")]
    [InlineData("/// <see cref=\"IExposureLogger{T}.LogExposureAsync(System.Threading.CancellationToken)\"/>\nvoid M() { }")]
    [InlineData("void LogExposureAsync() { } void M() => LogExposureAsync();")]
    public async Task A_call_that_may_be_meant_is_left_alone(string members) =>
        (await AnalyzerVerifier.OfProgramAsync(Using + Types + "public class C { " + members + " }")).Expect();

    [Theory]
    [InlineData("[ExposureLogged(\"x\")] public interface IA { void Run(); } [ExposureLogged(\"X\")] public interface IB { void Run(); }")]
    [InlineData("[ExposureLogged] public interface IA { void Run(); } [ExposureLogged] public interface IA<T> { void Run(); }")]
    [InlineData("[ExposureLogged] public interface IA { void Run(); } namespace Other { public interface IA { void Run(); } }")]
    [InlineData("namespace One { [ExposureLogged] public interface IA<T> { void Run(); } } namespace Two { [ExposureLogged] public interface IA<T> { void Run(); } }")]
    [InlineData("[ExposureLogged(\"plain\")] public interface IB { void Run([ExposureSubject] string user); } public class R { void M(ExperimentFrameworkBuilder b, string name) { b.Trial<IB>(name, t => t.AddControl<W>().AddVariant<W>(\"b\")); } } public class W : IB { public void Run(string user) { } }", true)]
    [InlineData("public class R { void M(ExperimentFrameworkBuilder a, ExperimentFrameworkBuilder b) { a.Trial<IPlain>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")); b.Trial<ISelf>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")); } }", true)]
    [InlineData("public class R { void M(ExperimentFrameworkBuilder b, bool f) { if (f) { b.Trial<IPlain>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")); } else { b.Trial<ISelf>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")); } } }", true)]
    [InlineData("public class R { void M(ExperimentFrameworkBuilder b, string name) => b.Trial<IPlain>(name, t => t.AddControl<V>().AddVariant<V>(\"b\")).Trial<ISelf>(name, t => t.AddControl<V>().AddVariant<V>(\"b\")); }", true)]
    [InlineData("public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\")).Trial<IPlain>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")); }", true)]
    [InlineData("public class R { void M(ExperimentFrameworkBuilder a, ExperimentFrameworkBuilder b) { a.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\")); b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\")); } }", true)]
    [InlineData("public class R { void M(ExperimentFrameworkBuilder b, bool f) { if (f) { b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\")); } else { b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\")); } } }", true)]
    [InlineData("public class R { void M() { var b = ExperimentFrameworkBuilder.Create(); b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\")); b = ExperimentFrameworkBuilder.Create(); b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\")); } }", true)]
    [InlineData("public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IGeneric<int>>(\"a\", t => t.AddControl<V>().AddVariant<V>(\"b\")).Trial<IGeneric<string>>(\"b\", t => t.AddControl<V>().AddVariant<V>(\"b\")); }", true)]
    [InlineData("[ExposureLogged] public interface IB<T> { void Run([ExposureSubject] string user); } public class W : IB<int>, IB<string> { public void Run(string user) { } } public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IB<int>>(t => t.AddControl<W>().AddVariant<W>(\"b\")).Trial<IB<string>>(t => t.AddControl<W>().AddVariant<W>(\"b\")); }")]
    [InlineData("public class R { void M(IServiceCollection s) => s.AddExposureLogging<IPlain>(e => e.Using(new S()).Named(\"x\")).AddExposureLogging<ISelf>(Set); void Set(ExposureLoggingBuilder<ISelf> e) => e.Using(new S()).Named(\"y\"); }", true)]
    public async Task Names_that_do_not_meet_are_left_alone(string source, bool withTypes = false) =>
        (await AnalyzerVerifier.OfProgramAsync(Using + (withTypes ? Types : "") + source)).Expect();

    [Theory]
    [InlineData("[ExposureLogged] public interface IA { void Run([ExposureSubject] string user); [NotExposed] void Warm(); [NotExposed] int Property { get; } void Dispose(); } ", "IA")]
    [InlineData("[ExposureLogged] public interface IA { void Run(); } class P : ISubjectIdentityProvider { public string SubjectType => \"u\"; public bool TryGetSubjectId(out string subjectId) { subjectId = \"u\"; return true; } } ", "IA")]
    [InlineData("[ExposureLogged] public interface IA { void Run(); } class R { void M(IServiceCollection s, object o) => s.AddSingleton(typeof(ISubjectIdentityProvider), o); } ", "IA")]
    [InlineData("using Who = ExperimentFramework.DataPlane.ISubjectIdentityProvider; [ExposureLogged] public interface IA { void Run(); } class R { void M(IServiceCollection s, Who o) => s.AddSingleton(o); } ", "IA")]
    [InlineData("[ExposureLogged] public interface IA { void Run(); } public interface IB { } ", null)]
    public async Task A_subject_that_may_be_known_is_left_alone(string source, string? registered)
    {
        var usings = source.StartsWith("using", StringComparison.Ordinal) ? source.IndexOf(';', StringComparison.Ordinal) + 1 : 0;

        (await AnalyzerVerifier.OfProgramAsync(source[..usings] + Using + source[usings..] + (registered is null ? "" : Registering(registered)))).Expect();
    }

    [Fact]
    public async Task An_assembly_that_knows_subject_providers_may_register_one() =>
        (await AnalyzerVerifier.OfProgramAsync(
            Using + "[ExposureLogged] public interface IA { void Run(); } " + Registering("IA"),
            "public abstract class Web : ExperimentFramework.DataPlane.ISubjectIdentityProvider { public string SubjectType => \"u\"; public abstract bool TryGetSubjectId(out string subjectId); }")).Expect();

    [Theory]
    [InlineData("[ExposureLogged] public interface IA { void Run([ExposureSubject] string user); } ", "IA", null)]
    [InlineData("[ExposureLogged] public interface IA<T> { void Run([ExposureSubject] string user); } ", "IA<int>", null)]
    [InlineData("[ExposureLogged] public interface IA { void Run(); } public class G { static void M<T>(ExperimentFrameworkBuilder b) where T : class => b.Trial<T>(t => { }); }", null, null)]
    [InlineData("[ExposureLogged] public interface IA { void Run(); } ", null, "public static class Setup { public static void Add<T>(ExperimentFramework.DataPlane.ExperimentFrameworkBuilder b) where T : class => b.Trial<T>(t => { }); }")]
    [InlineData("public interface IA { void Run(); } ", null, null)]
    public async Task An_interface_that_may_be_registered_is_left_alone(string source, string? registered, string? library) =>
        (await AnalyzerVerifier.OfProgramAsync(Using + "Console.Write(1); " + source + (registered is null ? "" : Registering(registered)), library)).Expect();

    [Theory]
    [InlineData(OutputKind.ConsoleApplication)]
    [InlineData(OutputKind.WindowsApplication)]
    public async Task Every_kind_of_program_registers_what_it_uses(OutputKind kind) =>
        (await AnalyzerVerifier.OfProgramAsync(Using + "Console.Write(1); [ExposureLogged] public interface [|IA|] { void Run(); }", new AnalyzedProject { Output = kind })).Expect("DP4006");

    [Theory]
    [InlineData("void M(DataPlaneOptions o) => o.FailureMode = BackplaneFailureMode.Drop; void N(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\"));")]
    [InlineData("void M(DataPlaneOptions o, BackplaneFailureMode mode) => o.FailureMode = mode; void N(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\"));")]
    [InlineData("void M(DataPlaneOptions o) => o.FailureMode = BackplaneFailureMode.Block;")]
    [InlineData("void M(DataPlaneOptions o) => o.FailureMode = BackplaneFailureMode.Block; void N(ExperimentFrameworkBuilder b) => b.Trial<IAsync>(t => t.AddControl<IAsync>().AddVariant<IAsync>(\"b\")); [ExposureLogged] public interface IAsync { Task RunAsync([ExposureSubject] string user); ValueTask<int> CountAsync([ExposureSubject] string user); System.Collections.Generic.IAsyncEnumerable<int> Items([ExposureSubject] string user); [NotExposed] void Reset(); }")]
    [InlineData("void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\")); class Own { public BackplaneFailureMode FailureMode { get; set; } } object N() => new Own { FailureMode = BackplaneFailureMode.Block };")]
    public async Task Members_that_do_not_wait_on_a_thread_are_left_alone(string members) =>
        (await AnalyzerVerifier.OfProgramAsync(Using + Types + "public class C { " + members + " }", Contracts)).Expect();

    [Theory]
    [InlineData("DP4002", "Registration", "public class C { void M(DataPlaneOptions o, ExperimentFrameworkBuilder b) { o.FailureMode = BackplaneFailureMode.Block; b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\")); } }", true)]
    [InlineData("DP2003", "Exposure", "public class C { void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").WithSemantics(ExposureSemantics.Explicit)); }", true)]
    [InlineData("DP2004", "Exposure", "public class C { async Task M(IExposureLogger<ISelf> logger) => await logger.LogExposureAsync(); }", true)]
    [InlineData("DP2005", "Exposure", "public class C { void M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")).Trial<ISelf>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")); }", true)]
    [InlineData("DP3001", "Subject", "[ExposureLogged] public interface IA { void Run(); } public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); }", false)]
    [InlineData("DP4008", "Registration", "public class C { void M(IEventPublisher publisher) => publisher.FlushAsync(); }", false)]
    public async Task A_symbol_can_suppress_what_is_reported_of_it(string id, string category, string source, bool withTypes)
    {
        var types = Using + (withTypes ? Types : "");

        Assert.Equal([id], (await AnalyzerVerifier.OfProgramAsync(types + source)).Ids);
        (await AnalyzerVerifier.OfProgramAsync(types + $"[System.Diagnostics.CodeAnalysis.SuppressMessage(\"{category}\", \"{id}\")] " + source)).Expect();
    }

    [Fact]
    public async Task An_unregistered_interface_that_is_generated_is_ignored() =>
        (await AnalyzerVerifier.OfProgramAsync(Using + "Console.Write(1);", new AnalyzedProject { GeneratedSource = "[ExperimentFramework.DataPlane.ExposureLogged] public interface IA { void Run(); }" })).Expect();

    [Fact]
    public async Task What_is_reported_at_the_end_says_so()
    {
        foreach (var descriptor in new CompilationAnalyzer().SupportedDiagnostics)
        {
            Assert.Contains(WellKnownDiagnosticTags.CompilationEnd, descriptor.CustomTags);
            Assert.EndsWith("Reported at the end of compilation.", descriptor.Description.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        var claimed = await AnalyzerVerifier.OfProgramAsync(Using + "[ExposureLogged(\"x\")] public interface IA { void Run(); } [ExposureLogged(\"x\")] public interface IB { void Run(); }");
        Assert.Equal("'IB' uses the experiment name 'x', which is already used by 'IA'", claimed.Diagnostics[0].GetMessage(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("Explicit", "OnDecision")]
    [InlineData("OnDecision", "Explicit")]
    public async Task Options_that_are_set_twice_say_nothing(string first, string second) => (await AnalyzerVerifier.OfProgramAsync(Using + Types + $$"""
        public class R
        {
            void M(IServiceCollection s, ExperimentFrameworkBuilder b)
            {
                s.AddDataBackplane(o => { o.ExposureSemantics = ExposureSemantics.{{first}}; o.ExposureSemantics = ExposureSemantics.{{second}}; });
                b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>("b"));
            }
        }
        """)).Expect();

    private static string Registering(string service) =>
        $"public class Registering{service.GetHashCode(StringComparison.Ordinal):x} {{ void M(ExperimentFrameworkBuilder b, {service} v) => b.Trial<{service}>(t => t.AddControl<{service}>().AddVariant<{service}>(\"b\")); }} ";
}
