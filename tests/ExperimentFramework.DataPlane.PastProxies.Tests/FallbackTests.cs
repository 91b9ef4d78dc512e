using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.PastProxies.Tests;

/// <summary>Calls that control answers when the variant throws.</summary>
public sealed class FallbackTests
{
    private const string Subject = PastExperiment<IFallbacks>.Subject;

    public static TheoryData<string, Func<IFallbacks, Task<string>>, string> Members => new()
    {
        { "void", proxy => Calls.Done(() => proxy.Run(Subject)), Calls.Nothing },
        { "value", proxy => Task.FromResult(proxy.Get(Subject)), "control" },
        { "Task", proxy => Calls.Done(proxy.RunTask(Subject)), Calls.Nothing },
        { "Task<T>", proxy => proxy.GetTask(Subject), "control" },
        { "ValueTask", proxy => Calls.Done(proxy.RunValueTask(Subject).AsTask()), Calls.Nothing },
        { "ValueTask<T>", proxy => proxy.GetValueTask(Subject).AsTask(), "control" },
        { "stream", proxy => Calls.First(proxy.GetStream(Subject)), "control" },
        { "arguments on the stack", proxy => Task.FromResult($"{proxy.Count(Subject, "abc")}"), "3" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Control_answers_for_every_kind_of_method(string kind, Func<IFallbacks, Task<string>> call, string answer)
    {
        await using var experiment = Experiment<Control, Failing>();

        Assert.Equal((kind, answer), (kind, await call(experiment.Proxy)));

        var exposure = Assert.Single(experiment.Exposures);
        Assert.Equal(("control", "new", SelectionReasons.Fallback), (exposure.VariantKey, exposure.AssignedVariantKey, exposure.SelectionReason));
    }

    [Theory]
    [MemberData(nameof(Members))]
    public async Task A_variant_that_answers_is_not_replaced(string kind, Func<IFallbacks, Task<string>> call, string answer)
    {
        await using var experiment = Experiment<Failing, Control>();

        Assert.Equal((kind, answer), (kind, await call(experiment.Proxy)));
        Assert.Equal("new", Assert.Single(experiment.Exposures).VariantKey);
    }

    private static PastExperiment<IFallbacks> Experiment<TControl, TNew>()
        where TControl : class, IFallbacks
        where TNew : class, IFallbacks =>
        PastExperiment<IFallbacks>.With(
            experiments => experiments.Trial<IFallbacks>(trial =>
            {
                PastExperiment<IFallbacks>.Configure<TControl, TNew>(trial);
                trial.OnErrorFallbackToControl();
            }),
            services => services.AddTransient<TControl>().AddTransient<TNew>());

    private sealed class Control : IFallbacks
    {
        public void Run(string user)
        {
        }

        public string Get(string user) => "control";

        public Task RunTask(string user) => Task.CompletedTask;

        public Task<string> GetTask(string user) => Task.FromResult("control");

        public ValueTask RunValueTask(string user) => ValueTask.CompletedTask;

        public ValueTask<string> GetValueTask(string user) => new("control");

        public async IAsyncEnumerable<string> GetStream(string user)
        {
            await Task.Yield();
            yield return "control";
        }

        public int Count(string user, ReadOnlySpan<char> text) => text.Length;
    }

    private sealed class Failing : IFallbacks
    {
        public void Run(string user) => throw new InvalidOperationException();

        public string Get(string user) => throw new InvalidOperationException();

        public Task RunTask(string user) => Task.FromException(new InvalidOperationException());

        public Task<string> GetTask(string user) => Task.FromException<string>(new InvalidOperationException());

        public ValueTask RunValueTask(string user) => ValueTask.FromException(new InvalidOperationException());

        public ValueTask<string> GetValueTask(string user) => ValueTask.FromException<string>(new InvalidOperationException());

        public IAsyncEnumerable<string> GetStream(string user) => throw new InvalidOperationException();

        public int Count(string user, ReadOnlySpan<char> text) => throw new InvalidOperationException();
    }
}
