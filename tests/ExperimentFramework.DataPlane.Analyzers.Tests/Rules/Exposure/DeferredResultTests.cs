namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP2011: results that run after the call whose outcome is recorded, or that falls back.</summary>
public sealed class DeferredResultTests
{
    private const string Types = """
        using System;
        using System.Collections;
        using System.Collections.Generic;
        using System.Linq;
        using System.Runtime.CompilerServices;
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;

        public sealed class Derived : Task { public Derived() : base(() => { }) { } }
        public readonly struct Awaited { public TaskAwaiter GetAwaiter() => default; }
        public interface IBase { IEnumerable<int> All(string user); }

        """;

    [Theory]
    [InlineData("IEnumerable<int>")]
    [InlineData("IEnumerable")]
    [InlineData("IEnumerator<int>")]
    [InlineData("IAsyncEnumerator<int>")]
    [InlineData("IQueryable<int>")]
    [InlineData("IOrderedEnumerable<int>")]
    [InlineData("IObservable<int>")]
    [InlineData("Lazy<int>")]
    [InlineData("ParallelQuery<int>")]
    [InlineData("ConfiguredCancelableAsyncEnumerable<int>")]
    [InlineData("Derived")]
    [InlineData("Awaited")]
    public async Task A_result_that_runs_later_is_reported(string type)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Source("RecordOutcomes = true", $"{type} [|Get|]([ExposureSubject] string user);"));

        analyzed.Expect("DP2011");
        Assert.StartsWith($"'Get' of 'IA' returns {type}, which may run after the call: ", analyzed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RecordOutcomes = true", "is recorded as success")]
    [InlineData("FallbackToControl = true", "does not fall back to control")]
    [InlineData("FallbackToControl = true, RecordOutcomes = true", "is recorded as success and does not fall back to control")]
    public async Task The_message_says_what_is_lost(string settings, string consequence) => Assert.Equal(
        $"'Get' of 'IA' returns IEnumerable<int>, which may run after the call: if it fails then, the call {consequence}; return a finished collection, Task, ValueTask or IAsyncEnumerable<T>",
        (await AnalyzerVerifier.OfAsync(Source(settings, "IEnumerable<int> Get([ExposureSubject] string user);"))).Message);

    [Fact]
    public async Task An_inherited_method_is_reported_at_the_interface() =>
        (await AnalyzerVerifier.OfAsync(Types + "[ExposureLogged(RecordOutcomes = true)] public interface [|IA|] : IBase { }")).Expect("DP2011");

    [Theory]
    [InlineData("", "T Get([ExposureSubject] string user);", "IEnumerable<int>")]
    [InlineData(" : IOf<T>", "", "IEnumerable<int>")]
    public async Task A_result_that_runs_later_only_with_the_type_arguments_is_reported_where_they_are_registered(string bases, string members, string argument)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Registered(bases, members, $"[|IG<{argument}>|]", argument));

        analyzed.Expect("DP2011");
        Assert.StartsWith($"'Get' of 'IG<{argument}>' returns {argument}, which may run after the call: ", analyzed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Task")]
    [InlineData("", "Task<int>")]
    [InlineData("", "ValueTask")]
    [InlineData("", "ValueTask<int>")]
    [InlineData("", "IAsyncEnumerable<int>")]
    [InlineData(" : IOf<T>", "Task<int>")]
    public async Task A_task_or_stream_that_only_the_type_argument_makes_one_is_not_awaited_and_reported(string bases, string argument)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Registered(bases, bases == "" ? "T Get([ExposureSubject] string user);" : "", $"[|IG<{argument}>|]", argument));

        analyzed.Expect("DP2011");
        Assert.Equal(
            $"'Get' of 'IG<{argument}>' returns {argument}, which may run after the call: if it fails then, the call is recorded as success; return a finished collection, or declare Task, ValueTask or IAsyncEnumerable<T> in the interface itself",
            analyzed.Message);
    }

    [Fact]
    public async Task A_result_that_runs_later_with_all_type_arguments_is_reported_once_at_the_interface()
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Registered("", "Lazy<T> [|Get|]([ExposureSubject] string user);", "IG<int>", "int"));

        analyzed.Expect("DP2011");
        Assert.StartsWith("'Get' of 'IG<T>' returns Lazy<T>, ", analyzed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("T Get([ExposureSubject] string user);", "int")]
    [InlineData("T Get([ExposureSubject] string user);", "IReadOnlyList<int>")]
    [InlineData("Task<T> Get([ExposureSubject] string user);", "int")]
    [InlineData("IAsyncEnumerable<T> Get([ExposureSubject] string user);", "int")]
    public async Task Type_arguments_with_which_a_call_is_observed_to_its_end_are_left_alone(string members, string argument) =>
        (await AnalyzerVerifier.OfAsync(Registered("", members, $"IG<{argument}>", argument))).Expect();

    [Theory]
    [InlineData("Task<T> Get([ExposureSubject] string user);", "IEnumerable<int>")]
    [InlineData("Task<T> Get([ExposureSubject] string user);", "Task<int>")]
    [InlineData("void Run(T many, [ExposureSubject] string user);", "IEnumerable<int>")]
    [InlineData("[NotExposed] T Get(); void Run([ExposureSubject] string user);", "IEnumerable<int>")]
    public async Task Type_arguments_that_no_call_returns_are_left_alone(string members, string argument) =>
        (await AnalyzerVerifier.OfAsync(Registered("", members, $"IG<{argument}>", argument))).Expect();

    [Theory]
    [InlineData("RecordOutcomes = false", "IEnumerable<int> Get([ExposureSubject] string user);")]
    [InlineData("SamplingRate = 0.5", "IEnumerable<int> Get([ExposureSubject] string user);")]
    [InlineData("RecordOutcomes = true", "[NotExposed] IEnumerable<int> Get([ExposureSubject] string user); void Run([ExposureSubject] string user);")]
    [InlineData("RecordOutcomes = true", "IEnumerable<int> All { get; } void Run([ExposureSubject] string user);")]
    [InlineData("RecordOutcomes = true", "IReadOnlyList<int> Get([ExposureSubject] string user); int[] Array([ExposureSubject] string user); string Text([ExposureSubject] string user); IDictionary<int, int> Map([ExposureSubject] string user);")]
    [InlineData("RecordOutcomes = true, FallbackToControl = true", "Task Run([ExposureSubject] string user); ValueTask<int> Value([ExposureSubject] string user); IAsyncEnumerable<int> Stream([ExposureSubject] string user); Task<IEnumerable<int>> Several([ExposureSubject] string user);")]
    public async Task What_is_not_observed_or_ends_with_the_call_is_left_alone(string settings, string members) =>
        (await AnalyzerVerifier.OfAsync(Source(settings, members))).Expect();

    private static string Registered(string bases, string members, string service, string argument) => Types
        + $$"""
            public interface IOf<T> { T Get([ExposureSubject] string user); }
            [ExposureLogged("g", RecordOutcomes = true)] public interface IG<T>{{bases}} { {{members}} }
            public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<{{service}}>(t => t.AddControl<IG<{{argument}}>>().AddVariant<IG<{{argument}}>>("b")); }
            """;

    private static string Source(string settings, string members) => Types + $"[ExposureLogged({settings})] public interface IA {{ {members} }}";
}
