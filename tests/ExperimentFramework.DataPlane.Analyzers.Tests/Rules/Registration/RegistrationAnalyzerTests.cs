namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>Options, settings of builders, and registration calls.</summary>
public sealed class RegistrationAnalyzerTests
{
    private const string Types = """
        using System;
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;
        using static Library;

        [ExposureLogged("a")] public interface I { void Run([ExposureSubject] string user); }
        [ExposureLogged("f", FallbackToControl = true)] public interface IFalling { void Run([ExposureSubject] string user); }
        [ExposureLogged("g")] public interface IG<T> { void Run([ExposureSubject] string user); }
        public interface IUntagged : I { }
        public sealed class A : I, IFalling, IUntagged, IG<int> { public void Run(string user) { } }
        public sealed class S : IVariantSelector { public VariantSelection Select(in SelectionContext context) => new("x", "y"); }

        """;

    private const string LibraryTypes = "public static class Library { public const double Rate = 1.5; public const string Key = \"b\"; public const int Capacity = 0; }";

    public static TheoryData<string, string> Fires => new()
    {
        { "DP4001", "void M(DataPlaneOptions o) => o.SamplingRate = [|1.5|];" },
        { "DP4001", "void M(IServiceCollection s) => s.AddDataBackplane(o => { o.SamplingRate = [|Rate|]; });" },
        { "DP4001", "void M(IServiceCollection s) { s.AddDataBackplane(Set); static void Set(DataPlaneOptions o) => o.SamplingRate = [|double.NaN|]; }" },
        { "DP4001", "object M() => new DataPlaneOptions { RepeatCapacity = [|Capacity|] };" },
        { "DP4001", "object M() => new DataPlaneOptions { RepeatCapacity = [|100_000_001|] };" },
        { "DP4001", "object M() => new DataPlaneOptions { RepeatWindow = [|TimeSpan.Zero|] };" },
        { "DP4001", "object M() => new DataPlaneOptions { RepeatWindow = [|TimeSpan.FromSeconds(-1)|] };" },
        { "DP4001", "object M() => new DataPlaneOptions { RepeatWindow = [|TimeSpan.FromDays(366)|] };" },
        { "DP4001", "object M() => new DataPlaneOptions { RepeatWindow = [|default|] };" },
        { "DP4001", "void M(DataPlaneOptions o) => o.MaxQueueSize = [|0|];" },
        { "DP4001", "void M(DataPlaneOptions o) => o.BatchSize = [|0|];" },
        { "DP4001", "void M(DataPlaneOptions o) => o.MaxAttributeLength = [|15|];" },
        { "DP4001", "void M(DataPlaneOptions o) => o.FlushInterval = [|TimeSpan.Zero|];" },
        { "DP4001", "void M(DataPlaneOptions o) => o.BlockTimeout = [|TimeSpan.FromHours(2)|];" },
        { "DP4001", "void M(DataPlaneOptions o) => o.PublishTimeout = [|TimeSpan.FromDays(1)|];" },
        { "DP4001", "void M(DataPlaneOptions o) => o.ShutdownTimeout = [|TimeSpan.FromTicks(-1)|];" },
        { "DP4001", "void M(DataPlaneOptions o) => o.Retry.MaxAttempts = [|101|];" },
        { "DP4001", "void M(DataPlaneOptions o) => o.Retry.BaseDelay = [|TimeSpan.Zero|];" },
        { "DP4001", "void M(DataPlaneOptions o) => o.Retry.MaxDelay = [|TimeSpan.FromMinutes(61)|];" },
        { "DP4001", "object M() => new DataPlaneOptions { MaxQueueSize = 100, BatchSize = [|101|] };" },
        { "DP4001", "void M(IServiceCollection s) => s.AddDataBackplane(o => { o.BatchSize = [|Capacity + 8|]; o.MaxQueueSize = 7; });" },
        { "DP4001", "object M() => new ExperimentOptions { SamplingRate = [|1.5|] };" },
        { "DP4001", "object M() => new ExperimentOptions { SamplingRate = [|2|] };" },
        { "DP4001", "object M() => new ExperimentOptions { RepeatWindow = [|TimeSpan.Zero|], RepeatCapacity = 1 };" },
        { "DP2008", "object M() => new ExperimentOptions { ExposureSemantics = [|(ExposureSemantics)9|] };" },
        { "DP2008", "void M(DataPlaneOptions o) => o.FailureMode = [|(BackplaneFailureMode)2|];" },
        { "DP2008", "object M() => new DataPlaneOptions { ExposureSemantics = [|(ExposureSemantics)9|] };" },
        { "DP2008", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(\"b\").WithSemantics([|(ExposureSemantics)9|]));" },
        { "DP2008", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(\"b\").WithPolicy([|(AssignmentPolicy)4|]));" },
        { "DP2001", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(\"b\").WithSamplingRate([|Rate|]));" },
        { "DP2001", "void M(IServiceCollection s) => s.AddExposureLogging<I>(e => e.Using(new S()).WithSamplingRate([|-1|]));" },
        { "DP2002", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(\"b\").WithSamplingRate([|0|]));" },
        { "DP4003", "object M() => ExperimentFrameworkBuilder.Create().Trial<[|IUntagged|]>(t => t.AddControl<A>().AddVariant<A>(\"b\"));" },
        { "DP4003", "object M() => ExperimentFrameworkBuilder.Create().Trial<[|IDisposable|]>(\"x\", t => { });" },
        { "DP4003", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(\"b\")).Trial<[|IUntagged|]>(t => t.AddControl<A>().AddVariant<A>(\"b\"));" },
        { "DP4003", "object M() => ExperimentFrameworkBuilder.Create().[|Trial|]((TrialBuilder<IUntagged> t) => { });" },
        { "DP4003", "object M() { return Local(); object Local() => ExperimentFrameworkBuilder.Create().Trial<[|IUntagged|]>(Describe); void Describe(TrialBuilder<IUntagged> t) => t.AddControl<A>(); }" },
        { "DP4003", "void M(IServiceCollection s) => s.AddExposureLogging<[|IUntagged|]>(e => e.Using(new S()));" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<[|I|]>(t => t.AddVariant<A>(\"b\"));" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<[|I|]>(t => { });" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<[|I|]>(t => { _ = t.AddVariant<A>(\"b\"); });" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(\"A\").AddVariant<A>([|nameof(A)|]));" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().[|AddControl<A>|]());" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => { t.AddControl<A>(); t.AddVariant<A>(Key); t.AddVariant<A>([|\"B\"|]); });" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>([|\"Control\"|]));" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>([|\" b\"|]));" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>([|-1|]).AddVariant<A>(\"b\"));" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(\"b\", weight: [|double.NaN|]));" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<[|I|]>(t => t.AddControl<A>(0).AddVariant<A>(\"b\", 0));" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(\"b\", weight: [|double.PositiveInfinity|]));" },
        { "DP4004", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>(0).AddVariant<A>(\"b\", [|-1|]));" },
        { "DP4007", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(\"b\").[|OnErrorFallbackToControl|]());" },
        { "DP4007", "object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => { t.AddControl<A>().AddVariant<A>(\"b\"); t.[|OnErrorFallbackToControl|](); });" },
        { "DP4009", "object M<T>() => ExperimentFrameworkBuilder.Create().Trial<[|IG<T>|]>(t => { });" },
        { "DP4009", "object M<T>() => ExperimentFrameworkBuilder.Create().Trial<[|IG<T[]>|]>(t => { });" },
        { "DP4009", "void M<T>(IServiceCollection s) => s.AddExposureLogging<[|IG<T>|]>(e => e.Using(new S()));" },
    };

    /// <summary>Every number and time among the options, with a value that none of them may have.</summary>
    public static TheoryData<string> EveryRange => [.. new[] { typeof(DataPlaneOptions), typeof(RetryOptions), typeof(ExperimentOptions) }
        .SelectMany(type => type.GetProperties()
            .Select(property => (property.Name, Type: Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType))
            .Where(property => property.Type == typeof(int) || property.Type == typeof(double) || property.Type == typeof(TimeSpan))
            .Select(property => $"void M({type.Name} o) => o.{property.Name} = [|{(property.Type == typeof(TimeSpan) ? "TimeSpan.FromTicks(-1)" : "-1")}|];"))];

    [Theory]
    [MemberData(nameof(EveryRange))]
    public async Task Every_option_with_a_range_is_looked_at(string member) => (await AnalyzerVerifier.OfAsync(InClass(member), LibraryTypes)).Expect("DP4001");

    [Theory]
    [MemberData(nameof(Fires))]
    public async Task It_fires_at_the_place(string id, string member) => (await AnalyzerVerifier.OfAsync(InClass(member), LibraryTypes)).Expect(id);

    [Theory]
    [InlineData("void M(DataPlaneOptions o, double rate, TimeSpan window) { o.SamplingRate = rate; o.RepeatWindow = window; o.SamplingRate = 1; o.RepeatCapacity = 1; o.RepeatWindow = TimeSpan.FromDays(365); o.RepeatWindow = TimeSpan.FromMinutes(Math.Abs(-1)); }")]
    [InlineData("void M(DataPlaneOptions o, DataPlaneOptions other, int size) { o.MaxQueueSize = 100; o.BatchSize = 100; other.BatchSize = 101; o.ShutdownTimeout = TimeSpan.Zero; o.FlushInterval = TimeSpan.FromHours(1); o.Retry.MaxAttempts = 100; o.FailureMode = BackplaneFailureMode.Block; }")]
    [InlineData("void M(DataPlaneOptions o, bool small) { o.BatchSize = 500; if (small) { o.MaxQueueSize = 100; } }")]
    [InlineData("void M(DataPlaneOptions o) { o.MaxQueueSize = 100; o.BatchSize = 500; o.MaxQueueSize = 1000; }")]
    [InlineData("void M(DataPlaneOptions o, int size) { o.MaxQueueSize = size; o.BatchSize = 500; }")]
    [InlineData("double SamplingRate { get; set; } void M() => SamplingRate = 7;")]
    [InlineData("object M() => new DataPlaneOptions { ExposureSemantics = (ExposureSemantics)1 };")]
    [InlineData("object M(ExposureSemantics s) => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(\"b\").WithSemantics(s).WithPolicy(AssignmentPolicy.SessionSticky).WithSamplingRate(0.5));")]
    [InlineData("object M<T>() where T : class => ExperimentFrameworkBuilder.Create().Trial<T>(t => { });")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<IG<int>>(t => t.AddControl<A>().AddVariant<A>(\"b\"));")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<I>(Describe); void Describe(TrialBuilder<I> t) => t.AddVariant<A>(\"b\").AddVariant<A>(\"b\");")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => Describe(t)); void Describe(TrialBuilder<I> t) => t.AddControl<A>();")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => Describe(t.AddVariant<A>(\"b\"))); void Describe(TrialBuilder<I> t) => t.AddControl<A>();")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => { var same = t.AddVariant<A>(\"b\"); same.AddControl<A>(); });")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => { t.AddControl<A>(0).AddVariant<A>(\"b\", 0); Describe(t); }); void Describe(TrialBuilder<I> t) => t.AddVariant<A>(\"c\");")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => { try { t.AddControl<A>(); } catch (Exception) { t.AddControl<A>(2); } });")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => { Action add = () => t.AddControl<A>(); add(); t.AddVariant<A>(\"b\"); });")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => { Add(); t.AddVariant<A>(\"b\"); void Add() => t.AddControl<A>(); });")]
    [InlineData("object M(int i) => ExperimentFrameworkBuilder.Create().Trial<I>(t => { switch (i) { case 0: t.AddControl<A>(); break; default: t.AddControl<A>(2); break; } });")]
    [InlineData("object M(int i) => ExperimentFrameworkBuilder.Create().Trial<I>(t => _ = i switch { 0 => t.AddControl<A>(), _ => t.AddControl<A>(2) });")]
    [InlineData("object M(bool flag) => ExperimentFrameworkBuilder.Create().Trial<I>(t => { if (flag) { t.AddControl<A>(); } else { t.AddControl<A>(2); } });")]
    [InlineData("object M(string[] keys) => ExperimentFrameworkBuilder.Create().Trial<I>(t => { t.AddControl<A>(); foreach (var key in keys) { t.AddVariant<A>(key); } });")]
    [InlineData("object M(string key) => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(key).AddVariant<A>(\"b\"));")]
    [InlineData("object M(double weight) => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>(0).AddVariant<A>(\"b\", weight));")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => { var same = t; same.AddControl<A>().AddVariant<A>(\"b\"); });")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<IFalling>(t => t.AddControl<A>().AddVariant<A>(\"b\").OnErrorFallbackToControl());")]
    [InlineData("object M() => ExperimentFrameworkBuilder.Create().Trial<I>(t => t.AddControl<A>().AddVariant<A>(\"b\")).Trial<IFalling>(t => t.AddControl<A>().AddVariant<A>(\"b\"));")]
    [InlineData("object Trial<T>(Action<T> configure) => configure; object M() => Trial<IUntagged>(t => { });")]
    public async Task It_keeps_silent_on_near_misses(string member) => (await AnalyzerVerifier.OfAsync(InClass(member), LibraryTypes)).Expect();

    [Fact]
    public async Task What_is_only_noted_on_a_foreign_interface_is_not_reported_to_who_registers_it() => (await AnalyzerVerifier.OfAsync(
        InClass("object M() => ExperimentFrameworkBuilder.Create().Trial<IFar>(t => t.AddControl<Far>().AddVariant<Far>(\"b\"));"),
        LibraryTypes + " [ExperimentFramework.DataPlane.ExposureLogged] public interface IFar { [ExperimentFramework.DataPlane.NotExposed] int Number { get; init; } void Run([ExperimentFramework.DataPlane.ExposureSubject] string user); }"
        + " public sealed class Far : IFar { public int Number { get; init; } public void Run(string user) { } }")).Expect();

    [Fact]
    public async Task Suppression_is_honoured_and_generated_code_ignored()
    {
        var wrong = InClass("void M(DataPlaneOptions o) => o.SamplingRate = 1.5;");

        (await AnalyzerVerifier.OfAsync("#pragma warning disable DP4001\n" + wrong, LibraryTypes)).Expect();
        (await AnalyzerVerifier.OfAsync(wrong, new AnalyzedProject { LibrarySource = LibraryTypes, EditorConfig = "DP4001 none" })).Expect();
        (await AnalyzerVerifier.OfAsync("// <auto-generated/>\n" + wrong, new AnalyzedProject { LibrarySource = LibraryTypes, IsGenerated = true })).Expect();
    }

    private static string InClass(string member) => Types + "public class C { " + member + " }";
}
