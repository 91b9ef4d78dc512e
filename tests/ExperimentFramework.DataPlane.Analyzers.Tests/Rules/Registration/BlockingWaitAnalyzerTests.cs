namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP4015: a blocking wait for a member that can resume in its caller's synchronization context.</summary>
public sealed class BlockingWaitAnalyzerTests
{
    private const string Types = """
        #pragma warning disable DP2011
        using System;
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;

        [ExposureLogged("a", AwaitAssignment = true)] public interface IAwaiting { Task<int> RunAsync([ExposureSubject] string user); }
        [ExposureLogged("f", FallbackToControl = true)] public interface IFalling { Task<int> RunAsync([ExposureSubject] string user); ValueTask DoAsync([ExposureSubject] string user); Task<int> WaitAsync([ExposureSubject] string user); Task<Session> OpenAsync([ExposureSubject] string user); [NotExposed] Task WarmAsync(); Own OwnAsync([ExposureSubject] string user); }
        [ExposureLogged("n", FallbackToControl = false)] public interface INeverFalling { Task<int> RunAsync([ExposureSubject] string user); }
        [ExposureLogged("p", AwaitAssignment = false, RecordOutcomes = true)] public interface IPlain { Task<int> RunAsync([ExposureSubject] string user); }
        public sealed class Session { public Task<int> WaitAsync() => Task.FromResult(1); }
        public sealed class Own { public System.Runtime.CompilerServices.TaskAwaiter GetAwaiter() => default; public int Result => 1; public void Wait() { } }

        """;

    [Theory]
    [InlineData("int M(IFalling s) => s.RunAsync(\"u\").[|Result|];", "'RunAsync' of 'IFalling' can resume in the synchronization context of its caller (FallbackToControl), which a blocking wait occupies: await it")]
    [InlineData("void M(IFalling s) => s.RunAsync(\"u\").[|Wait|]();", null)]
    [InlineData("void M(IFalling s) => s.RunAsync(\"u\").[|Wait|](TimeSpan.FromSeconds(1));", null)]
    [InlineData("int M(IFalling s) => s.RunAsync(\"u\").GetAwaiter().[|GetResult|]();", null)]
    [InlineData("int M(IFalling s) => s.RunAsync(\"u\").ConfigureAwait(false).GetAwaiter().[|GetResult|]();", null)]
    [InlineData("void M(IFalling s) => s.DoAsync(\"u\").GetAwaiter().[|GetResult|]();", null)]
    [InlineData("void M(IFalling s) => s.DoAsync(\"u\").AsTask().[|Wait|]();", null)]
    [InlineData("int M(IFalling s) { var task = s.RunAsync(\"u\"); return task.[|Result|]; }", null)]
    [InlineData("void M(IFalling s) { Task task = s.RunAsync(\"u\"); task.[|Wait|](); }", null)]
    [InlineData("void M(IFalling s) => Task.[|WaitAll|](s.RunAsync(\"u\"), Task.CompletedTask);", null)]
    [InlineData("void M(IFalling s) => Task.[|WaitAny|](Task.CompletedTask, s.RunAsync(\"u\"));", null)]
    [InlineData("void M(IFalling s) => Task.[|WaitAll|](new Task[] { s.RunAsync(\"u\") });", null)]
    [InlineData("int M(IFalling s) => s.WaitAsync(\"u\").[|Result|];", "'WaitAsync' of 'IFalling' can resume in the synchronization context of its caller (FallbackToControl), which a blocking wait occupies: await it")]
    [InlineData("int M<T>(T s) where T : IFalling => s.RunAsync(\"u\").[|Result|];", null)]
    [InlineData("int? M(IFalling? s) => s?.RunAsync(\"u\").[|Result|];", null)]
    public async Task It_fires_at_the_wait(string member, string? message)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Types + "public class C { " + member + " }");

        analyzed.Expect("DP4015");
        Assert.Equal(message ?? analyzed.Message, analyzed.Message);
    }

    [Theory]
    [InlineData("async Task<int> M(IFalling s) => await s.RunAsync(\"u\");")]
    [InlineData("async Task<int> M(IFalling s) { var task = s.RunAsync(\"u\"); await Task.WhenAll(task); return task.Result; }")]
    [InlineData("int M(IFalling s) { var task = s.RunAsync(\"u\"); task = Task.FromResult(1); return task.Result; }")]
    [InlineData("int M(IPlain s) => s.RunAsync(\"u\").Result;")]
    [InlineData("int M(INeverFalling s) => s.RunAsync(\"u\").Result;")]
    [InlineData("void M(IFalling s) => s.OwnAsync(\"u\").GetAwaiter().GetResult();")]
    [InlineData("int M(IAwaiting s) => s.RunAsync(\"u\").Result;")]
    [InlineData("void M(IFalling s) => s.WarmAsync().Wait();")]
    [InlineData("int M(IFalling s) { s.OwnAsync(\"u\").Wait(); return s.OwnAsync(\"u\").Result; }")]
    [InlineData("async Task<int> M(IFalling s) => (await s.OpenAsync(\"u\")).WaitAsync().Result;")]
    [InlineData("int M(Task<int> task) => task.Result;")]
    [InlineData("Task M(IFalling s) => s.RunAsync(\"u\").WaitAsync(TimeSpan.FromSeconds(1));")]
    [InlineData("void M(IFalling s, Task[] tasks) { _ = s.RunAsync(\"u\"); Task.WaitAll(tasks); }")]
    public async Task It_keeps_silent_on_near_misses(string member) => (await AnalyzerVerifier.OfAsync(Types + "public class C { " + member + " }")).Expect();
}
