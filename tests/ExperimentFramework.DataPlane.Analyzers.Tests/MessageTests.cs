namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>What diagnostics say, word for word, and the edges of what they are about.</summary>
public sealed class MessageTests
{
    private const string Using = """
        using System;
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;

        """;

    private const string Types = Using + """
        [ExposureLogged("plain")] public interface IPlain { void Run([ExposureSubject] string user); }
        [ExposureLogged("self", Semantics = ExposureSemantics.OnFirstUse)] public interface ISelf { void Run([ExposureSubject] string user); }
        public sealed class V : IPlain, ISelf, Outer<int>.IInner<string> { public void Run(string user) { } }
        public partial class Outer<T> { [ExposureLogged] public interface IInner<TItem> { void Run([ExposureSubject] string user); } }
        public sealed class S : IVariantSelector { public VariantSelection Select(in SelectionContext context) => new("x", "y"); }

        """;

    private static readonly string LongestName = new('a', 256);

    [Theory]
    [InlineData("[ExposureLogged(SamplingRate = 1.5)] public interface I { void Run(); }", "The sampling rate is 1.5; it must be between 0 and 1")]
    [InlineData("[ExposureLogged(SamplingRate = 0)] public interface I { void Run(); }", "The sampling rate is 0, so no exposures of 'I' are recorded")]
    [InlineData("[ExposureLogged(\"\")] public interface I { void Run(); }", "The experiment name '' is invalid: it is empty")]
    [InlineData("[ExposureLogged(\"a\\u0007b\")] public interface I { void Run(); }", "The experiment name 'a\u0007b' is invalid: it contains a control character")]
    [InlineData("[ExposureLogged(\" a\")] public interface I { void Run(); }", "The experiment name ' a' is invalid: it begins or ends with white space")]
    [InlineData("[ExposureLogged(\"a \")] public interface I { void Run(); }", "The experiment name 'a ' is invalid: it begins or ends with white space")]
    [InlineData("[ExposureLogged] public interface I { int P { get; } }", "No call to 'I' is an exposure, because every member is excluded")]
    [InlineData("[ExposureLogged(Semantics = (ExposureSemantics)(-1))] public interface I { void Run(); }", "-1 is not a value of ExposureSemantics; it must be one of OnDecision, OnFirstUse, Explicit")]
    [InlineData("[ExposureLogged(Semantics = (ExposureSemantics)3)] public interface I { void Run(); }", "3 is not a value of ExposureSemantics; it must be one of OnDecision, OnFirstUse, Explicit")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureSubject] object user); }", "'user' cannot be the subject of 'Run', because object is neither a string nor formattable")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureSubject] ref int user); }", "'user' cannot be the subject of 'Run', because it is a ref parameter")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureSubject] string user, [ExposureTenant] out int tenant); }", "'tenant' cannot be the tenant of 'Run', because it is an out parameter")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureSubject] string user, [ExposureSubject] string other); }", "'other' cannot be the subject of 'Run', because 'user' is already tagged")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureAttribute] out int amount); }", "'amount' cannot be the attribute of 'Run', because it is an out parameter")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureAttribute(\"a\")] int one, [ExposureAttribute(\"a\")] int two); }", "'Run' has a second exposure attribute named 'a', which would overwrite the first")]
    public async Task A_tag_says_what_is_wrong_with_it(string source, string message) => Assert.Equal(message, (await AnalyzerVerifier.OfAsync(Using + source)).Message);

    [Fact]
    public async Task A_name_ends_exactly_at_its_bound()
    {
        (await AnalyzerVerifier.OfAsync(Using + $"[ExposureLogged(\"{LongestName}\")] public interface I {{ void Run(); }}")).Expect();
        Assert.Equal(
            $"The experiment name '{LongestName}b' is invalid: it has 257 characters; at most 256 are allowed",
            (await AnalyzerVerifier.OfAsync(Using + $"[ExposureLogged(\"{LongestName}b\")] public interface I {{ void Run(); }}")).Message);
    }

    [Theory]
    [InlineData("void M(DataPlaneOptions o) => o.FailureMode = (BackplaneFailureMode)7;", "7 is not a value of BackplaneFailureMode; it must be one of Drop, Block")]
    [InlineData("object M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\", double.PositiveInfinity));", "The variants of 'IPlain' are invalid: the weight Infinity must be a finite number of 0 or more")]
    [InlineData("object M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>(0).AddVariant<V>(\"b\", 0));", "The variants of 'IPlain' are invalid: all weights are 0; give at least one variant a weight above 0")]
    [InlineData("object M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddVariant<V>(\"b\"));", "The variants of 'IPlain' are invalid: there is no control; call AddControl<T>() once")]
    [InlineData("object M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddControl<V>().AddVariant<V>(\"b\"));", "The variants of 'IPlain' are invalid: there is a second control; keep one AddControl<T>() and give each other variant its own key")]
    [InlineData("object M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").AddVariant<V>(\"B\"));", "The variants of 'IPlain' are invalid: the key 'B' is used twice; give each variant its own key")]
    [InlineData("object M<T>(ExperimentFrameworkBuilder b) => b.Trial<Outer<T>.IInner<string>>(t => { });", "Trial<IInner<string>> depends on the type parameter 'T', so no proxy can be registered for it")]
    [InlineData("object M(ExperimentFrameworkBuilder b) => b.Trial<IDisposable>(t => { });", "'IDisposable' is not tagged with [ExposureLogged], so there is no proxy for Trial to register")]
    [InlineData("object M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => t.AddControl<V>().AddVariant<V>(\"b\").OnErrorFallbackToControl());", "OnErrorFallbackToControl() requires [ExposureLogged(FallbackToControl = true)] on 'IPlain'")]
    [InlineData("object M(ExperimentFrameworkBuilder b) => b.Trial<Outer<int>.IInner<string>>(t => t.AddControl<V>().AddVariant<V>(\"b\")).Trial<IPlain>(\"IInner<Int32, String>\", t => t.AddControl<V>().AddVariant<V>(\"b\"));", "'IPlain' uses the experiment name 'IInner<Int32, String>', which is already used by 'Outer<int>.IInner<string>'")]
    [InlineData("object M(IServiceCollection s) => s.AddExposureLogging<IPlain>(e => e.Using(new S()).Named(\"x\")).AddExposureLogging<ISelf>(e => e.Using(new S()).Named(\"x\"));", "'ISelf' uses the experiment name 'x', which is already used by 'IPlain'")]
    [InlineData("void M(IServiceCollection s) => s.AddDataBackplane(null).AddDataBackplane(o => o.ExposureSemantics = ExposureSemantics.Explicit).AddExposureLogging<IPlain>(e => e.Using(new S()));", "'IPlain' records exposures only when code asks for it, but nothing calls LogExposureAsync, IExperiments.ExposeAsync or IExposureRecorder.RecordAsync for it")]
    [InlineData("async Task M(IExposureLogger<ISelf> l) => await l.LogExposureAsync();", "LogExposureAsync has no effect for 'ISelf', whose exposures are recorded automatically under OnFirstUse")]
    [InlineData("void M(IEventPublisher p) { p.FlushAsync(); }", "The task returned by 'FlushAsync' is not awaited: await it, or assign it to a discard if that is intended")]
    [InlineData("void M(DataPlaneOptions o) => o.PiiRedaction.SubjectId = RedactionMode.Placeholder;", "A placeholder makes all subjects look the same, so they can be neither joined nor counted; use a pseudonym")]
    public async Task A_setting_says_what_is_wrong_with_it(string member, string message) =>
        Assert.Equal(message, (await AnalyzerVerifier.OfProgramAsync(Types + "public class C { " + member + " }")).Message);

    [Fact]
    public async Task A_personal_attribute_says_what_it_is() => Assert.Equal(
        "'email' of 'Run' appears to contain an e-mail address, which leaves the process without redaction: redact it, or mark it as reviewed",
        (await AnalyzerVerifier.OfAsync(Using + "[ExposureLogged] public interface I { void Run([ExposureSubject] string user, [ExposureAttribute] string email); } public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<I>(t => t.AddControl<I>().AddVariant<I>(\"b\")); }")).Message);

    [Fact]
    public async Task Overloads_are_named_once()
    {
        const string Contract = "using ExperimentFramework.DataPlane; [ExposureLogged] public interface IFar { void Run(string a); void Run(int a); } [ExposureLogged(\"b\")] public interface IBlocking { void Run([ExposureSubject] string a); void Run([ExposureSubject] int a); }";

        Assert.StartsWith(
            "Nothing identifies the subject of 'Run' of 'IFar':",
            (await AnalyzerVerifier.OfProgramAsync(Using + "public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IFar>(t => t.AddControl<IFar>().AddVariant<IFar>(\"b\")); }", Contract)).Message,
            StringComparison.Ordinal);
        Assert.Equal(
            "With FailureMode.Block, calls to 'Run' of 'IBlocking' block their thread while the queue of a required destination is full",
            (await AnalyzerVerifier.OfAsync(Using + "public class R { void M(DataPlaneOptions o, ExperimentFrameworkBuilder b) { o.FailureMode = BackplaneFailureMode.Block; b.Trial<IBlocking>(t => t.AddControl<IBlocking>().AddVariant<IBlocking>(\"b\")); } }", Contract)).Message);
    }

    [Theory]
    [InlineData("void M(IServiceCollection s) => s.AddDataBackplane(o => { try { o.ExposureSemantics = ExposureSemantics.Explicit; } finally { } }).AddExposureLogging<IPlain>(e => e.Using(new S()));")]
    [InlineData("void M(IServiceCollection s) => s.AddDataBackplane(o => { foreach (var i in new[] { 1 }) { o.ExposureSemantics = ExposureSemantics.Explicit; } }).AddExposureLogging<IPlain>(e => e.Using(new S()));")]
    [InlineData("void M(IServiceCollection s) => s.AddDataBackplane(o => o.ExposureSemantics = ExposureSemantics.Explicit).AddDataBackplane(o => o.ExposureSemantics = ExposureSemantics.OnDecision).AddExposureLogging<IPlain>(e => e.Using(new S()));")]
    [InlineData("void M(ExperimentFrameworkBuilder b) { try { b.Trial<IPlain>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")); } catch { b.Trial<ISelf>(\"x\", t => t.AddControl<V>().AddVariant<V>(\"b\")); } }")]
    [InlineData("object M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => { t.AddControl<V>().AddVariant<V>(\"b\"); Action more = () => t.AddVariant<V>(\"b\"); });")]
    [InlineData("object M(ExperimentFrameworkBuilder b) => b.Trial<IPlain>(t => { t.AddControl<V>().AddVariant<V>(\"b\"); void More() => t.AddVariant<V>(\"b\"); More(); });")]
    [InlineData("object M(IExposureLogger<ISelf> l) { Func<System.Threading.CancellationToken, ValueTask<bool>> log = l.LogExposureAsync; return log; }")]
    public async Task What_may_never_run_or_run_otherwise_is_left_alone(string member) => (await AnalyzerVerifier.OfAsync(Types + "public class C { " + member + " }")).Expect();

    [Fact]
    public async Task An_assembly_that_adds_logging_may_register_an_interface() => (await AnalyzerVerifier.OfAsync(
        Using + "Console.Write(1); [ExposureLogged] public interface IA { void Run([ExposureSubject] string user); }",
        "using Microsoft.Extensions.DependencyInjection; public static class Setup { public static void Add<T>(IServiceCollection s) where T : class => s.AddExposureLogging<T>(e => { }); }")).Expect();
}
