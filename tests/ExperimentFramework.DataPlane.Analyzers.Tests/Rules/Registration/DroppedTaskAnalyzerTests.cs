namespace ExperimentFramework.DataPlane.Analyzers.Tests;

public sealed class DroppedTaskAnalyzerTests
{
    private const string Types = """
        using System;
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;

        public interface IBase { Task InheritedAsync([ExposureSubject] string user); }
        [ExposureLogged("hand", Semantics = ExposureSemantics.Explicit)]
        public interface IService : IBase
        {
            Task RunAsync([ExposureSubject] string user);
            ValueTask<int> LoadAsync<T>([ExposureSubject] string user);
            IAsyncEnumerable<int> StreamAsync([ExposureSubject] string user);
            Own OwnAsync([ExposureSubject] string user);
            Odd OddAsync([ExposureSubject] string user);
            Derived DerivedAsync([ExposureSubject] string user);
            Derived<int> DerivedValueAsync([ExposureSubject] string user);
            Extended ExtendedAsync([ExposureSubject] string user);
            IAwaited InterfaceAsync([ExposureSubject] string user);
            T AnyAsync<T>([ExposureSubject] string user) where T : Task;
            Plain PlainAsync([ExposureSubject] string user);
            dynamic DynamicAsync([ExposureSubject] string user);
            Task WaitAsync([ExposureSubject] string user);
            Task AsTask([ExposureSubject] string user);
            ValueTask Preserve([ExposureSubject] string user);
            Task ConfigureAwait([ExposureSubject] string user);
            void Do([ExposureSubject] string user);
            [NotExposed] Task WarmAsync();
        }
        [ExposureLogged("generic")] public interface IGeneric<T> { Task RunAsync([ExposureSubject] T user); }
        public sealed class Odd { public object GetAwaiter(int number) => number; }
        public sealed class Own { public Task WaitAsync() => Task.CompletedTask; public System.Runtime.CompilerServices.TaskAwaiter GetAwaiter() => default; }
        public class Derived : Task { public Derived() : base(() => { }) { } }
        public sealed class Derived<T> : Task<T> { public Derived() : base(() => default!) { } }
        public sealed class Extended { }
        public interface IAwaitedBase { System.Runtime.CompilerServices.TaskAwaiter GetAwaiter(); }
        public interface IAwaited : IAwaitedBase { }
        public sealed class Plain { public static System.Runtime.CompilerServices.TaskAwaiter GetAwaiter() => default; }
        public static class Extensions { public static System.Runtime.CompilerServices.TaskAwaiter GetAwaiter(this Extended extended) => default; }
        public interface IUntagged { Task RunAsync([ExposureSubject] string user); }

        """;

    private const string Verifier = "public static class Verifier { public static T Received<T>(this T substitute, int calls) => substitute; public static T Resolve<T>(this System.IServiceProvider provider) => default!; }";

    [Theory]
    [InlineData("void M(IService s) { s.[|RunAsync|](\"u\"); }")]
    [InlineData("void M(IService s) => s.[|RunAsync|](\"u\");")]
    [InlineData("async Task M(IService s) { s.[|LoadAsync<int>|](\"u\"); await Task.CompletedTask; }")]
    [InlineData("void M(IService? s) { s?.[|RunAsync|](\"u\"); }")]
    [InlineData("void M(IService s) { s.[|RunAsync|](\"u\").ConfigureAwait(false); }")]
    [InlineData("void M(IService s) { s.[|LoadAsync<int>|](\"u\").AsTask().ConfigureAwait(false); }")]
    [InlineData("void M(IService s) { s.[|OwnAsync|](\"u\"); }")]
    [InlineData("void M(IService s) { s.[|InheritedAsync|](\"u\"); }")]
    [InlineData("void M(IService s) { s.[|DerivedAsync|](\"u\"); }")]
    [InlineData("void M(IService s) { s.[|DerivedValueAsync|](\"u\").ConfigureAwait(false); }")]
    [InlineData("void M(IService? s) { s?.[|DerivedValueAsync|](\"u\"); }")]
    [InlineData("void M(IService s) { s.[|ExtendedAsync|](\"u\"); }")]
    [InlineData("void M(IService s) { s.[|InterfaceAsync|](\"u\"); }")]
    [InlineData("void M(IService s) { s.[|AnyAsync<Derived>|](\"u\"); }")]
    [InlineData("void M<T>(IService s) where T : Task { s.[|AnyAsync<T>|](\"u\"); }")]
    [InlineData("void M(IService s) { s.[|RunAsync|](\"u\").WaitAsync(TimeSpan.FromSeconds(1)); }")]
    [InlineData("void M(IService s) { s.[|WaitAsync|](\"u\"); }")]
    [InlineData("void M(IService s) { s.[|AsTask|](\"u\").ConfigureAwait(false); }")]
    [InlineData("void M(IService? s) { s?.[|Preserve|](\"u\").AsTask(); }")]
    [InlineData("void M(IService s) { s.[|ConfigureAwait|](\"u\").WaitAsync(TimeSpan.FromSeconds(1)); }")]
    [InlineData("void M(IGeneric<int> s) { s.[|RunAsync|](1); }")]
    [InlineData("void M<T>(T s) where T : IService { s.[|RunAsync|](\"u\"); }")]
    [InlineData("Action M(IService s) => () => s.[|RunAsync|](\"u\");")]
    [InlineData("Action M(IService s) { return Local; void Local() => s.[|RunAsync|](\"u\"); }")]
    [InlineData("void M(IService s) { if (s is { } found) found.[|RunAsync|](\"u\"); }")]
    [InlineData("void M(IExposureLogger<IService> l) { l.[|LogExposureAsync|](\"u\"); }")]
    [InlineData("void M(IEventPublisher p, DataPlaneEvent e) { p.[|PublishAsync|](e); }")]
    [InlineData("void M(IEventPublisher p) { p.[|FlushAsync|](); }")]
    [InlineData("void M(IDataBackplane b, DataPlaneEnvelope e) { b.[|PublishAsync|](e); }")]
    [InlineData("void M(IDataBackplane b, IReadOnlyList<DataPlaneEnvelope> e) { b.[|PublishAsync|](e); }")]
    [InlineData("void M(IDataBackplane b) { b.[|FlushAsync|](); }")]
    [InlineData("void M(InMemoryDataBackplane b, DataPlaneEnvelope e) { b.[|PublishAsync|](e); }")]
    public async Task It_fires_at_the_name(string member) => (await AnalyzerVerifier.OfAsync(Types + "public class C { " + member + " }")).Expect("DP4008");

    [Theory]
    [InlineData("async Task M(IService s) { await s.RunAsync(\"u\"); await s.LoadAsync<int>(\"u\").ConfigureAwait(false); }")]
    [InlineData("Task M(IService s) => s.RunAsync(\"u\");")]
    [InlineData("void M(IService s) { _ = s.RunAsync(\"u\"); }")]
    [InlineData("void M(IService s) { var task = s.RunAsync(\"u\"); task.Wait(); }")]
    [InlineData("void M(IService s, List<Task> tasks) { tasks.Add(s.RunAsync(\"u\")); }")]
    [InlineData("Func<Task> M(IService s) => () => s.RunAsync(\"u\");")]
    [InlineData("Func<string, Task> M(IService s) => s.RunAsync;")]
    [InlineData("void M(IService s) { s.WarmAsync(); s.Do(\"u\"); s.OddAsync(\"u\"); s.StreamAsync(\"u\"); s.PlainAsync(\"u\"); s.DynamicAsync(\"u\"); }")]
    [InlineData("async Task M(IService s) { await s.DerivedAsync(\"u\"); await s.ExtendedAsync(\"u\"); _ = s.DerivedValueAsync(\"u\"); }")]
    [InlineData("void M(IBase s) { s.InheritedAsync(\"u\"); }")]
    [InlineData("void M(IUntagged s) { s.RunAsync(\"u\"); }")]
    [InlineData("void M(IEventPublisher p) { p.HealthAsync(); }")]
    [InlineData("void M(IService s) { s.OwnAsync(\"u\").WaitAsync(); }")]
    [InlineData("Task PublishAsync() => Task.CompletedTask; void M() { PublishAsync(); Task.Delay(1); }")]
    [InlineData("void M(IService s) { s.RunAsync(\"u\").GetAwaiter().GetResult(); s.RunAsync(\"u\").ContinueWith(_ => { }); }")]
    public async Task It_keeps_silent_on_near_misses(string member) => (await AnalyzerVerifier.OfAsync(Types + "public class C { " + member + " }")).Expect();

    [Theory]
    [InlineData("void M(IService s) { s.Received(1).RunAsync(\"u\"); Verifier.Received(s, 1).OwnAsync(\"u\"); }")]
    [InlineData("void M<T>(T s) where T : IService { s.Received(1).RunAsync(\"u\"); }")]
    public async Task What_a_test_expects_of_a_substitute_is_no_task(string member) =>
        (await AnalyzerVerifier.OfAsync(Types + "public class C { " + member + " }", Verifier)).Expect();

    [Theory]
    [InlineData("void M(IServiceProvider p) { p.Resolve<IService>().[|RunAsync|](\"u\"); }")]
    [InlineData("IService _s; void M() { System.Threading.Volatile.Read(ref _s).[|RunAsync|](\"u\"); }")]
    [InlineData("static T Checked<T>(T value) => value; void M(IService s) { Checked(s).[|RunAsync|](\"u\"); }")]
    public async Task What_is_resolved_or_checked_is_the_service_itself(string member) =>
        (await AnalyzerVerifier.OfAsync(Types + "public class C { " + member + " }", Verifier)).Expect("DP4008");
}
