using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class AwaitableTests
{
    [Fact]
    public async Task Tasks_and_streams_are_the_variants_own()
    {
        var variant = new Awaitables();
        using var served = ServedExposure<IAwaitables>.By(variant);

        Assert.Same(variant.Task, served.Proxy.Run("u1"));
        Assert.Same(variant.Stream, served.Proxy.Items("u1"));
        Assert.Equal(7, await served.Proxy.Custom());
    }

    [Fact]
    public async Task A_value_task_is_never_awaited_twice()
    {
        var variant = new Awaitables();
        using var plain = ServedExposure<IAwaitables>.By(variant);
        using var observed = ServedExposure<IObservedAwaitables>.By(variant);

        Assert.Equal(42, await plain.Proxy.Pooled("u1"));
        Assert.Equal(42, await observed.Proxy.Pooled("u1"));
        await observed.Proxy.PooledVoid("u1");

        Assert.Equal(3, variant.Source.Results);
    }

    [Fact]
    public void A_null_that_stands_for_a_task_is_handed_through_as_null()
    {
        using var served = ServedExposure<INulls>.By(new Nulls());

        Assert.Null(served.Proxy.Run("u1"));
        Assert.Null(served.Proxy.RunResult("u2"));
        Assert.Null(served.Proxy.Items("u3"));

        Assert.Equal(["u1", "u2", "u3"], served.Exposures.Select(exposure => exposure.SubjectId));
        Assert.All(served.Outcomes, outcome => Assert.Equal(OutcomeResult.Success, outcome.Result));
        Assert.Equal(3, served.Outcomes.Count);
    }

    [Fact]
    public void Synchronous_throws_stay_synchronous()
    {
        using var served = ServedExposure<IAwaitables>.By(new Awaitables());
        using var observed = ServedExposure<IObservedAwaitables>.By(new Awaitables());

        Assert.Throws<NotSupportedException>(() => { _ = served.Proxy.Throws("u1"); });
        Assert.Throws<NotSupportedException>(() => { _ = observed.Proxy.Throws("u1"); });
    }
}

[ExposureLogged("awaitables")]
public interface IAwaitables
{
    Task<int> Run([ExposureSubject] string subject);

    IAsyncEnumerable<int> Items([ExposureSubject] string subject);

    ValueTask<int> Pooled([ExposureSubject] string subject);

    CustomAwaitable Custom();

    Task Throws([ExposureSubject] string subject);
}

[ExposureLogged("observed-awaitables", RecordOutcomes = true)]
public interface IObservedAwaitables
{
    ValueTask<int> Pooled([ExposureSubject] string subject);

    ValueTask PooledVoid([ExposureSubject] string subject);

#pragma warning disable DP2011 // Its end is not observed, which the caller does not notice.
    CustomAwaitable Custom();
#pragma warning restore DP2011

    Task Throws([ExposureSubject] string subject);
}

[ExposureLogged("nulls", RecordOutcomes = true, FallbackToControl = true)]
public interface INulls
{
    Task Run([ExposureSubject] string subject);

    Task<int>? RunResult([ExposureSubject] string subject);

    IAsyncEnumerable<int> Items([ExposureSubject] string subject);
}

/// <summary>What a loose mock does.</summary>
public sealed class Nulls : INulls
{
    public Task Run(string subject) => null!;

    public Task<int>? RunResult(string subject) => null;

    public IAsyncEnumerable<int> Items(string subject) => null!;
}

public readonly struct CustomAwaitable : INotifyCompletion
{
    public bool IsCompleted => true;

    public CustomAwaitable GetAwaiter() => this;

    public int GetResult() => 7;

    public void OnCompleted(Action continuation) => continuation();
}

public sealed class Awaitables : IAwaitables, IObservedAwaitables
{
    public Task<int> Task { get; } = System.Threading.Tasks.Task.FromResult(1);

    public IAsyncEnumerable<int> Stream { get; } = AsyncEnumerable.Empty<int>();

    public CountingSource Source { get; } = new();

    public Task<int> Run(string subject) => Task;

    public IAsyncEnumerable<int> Items(string subject) => Stream;

    public ValueTask<int> Pooled(string subject) => new(Source, Source.Next());

    public ValueTask PooledVoid(string subject) => new(Source, Source.Next());

    public CustomAwaitable Custom() => default;

    public Task Throws(string subject) => throw new NotSupportedException();
}

/// <summary>A source that gives each token's result once, as pooled ones do.</summary>
public sealed class CountingSource : IValueTaskSource<int>, IValueTaskSource
{
    private short _token;

    public int Results { get; private set; }

    public short Next() => ++_token;

    public int GetResult(short token)
    {
        if (token != _token)
        {
            throw new InvalidOperationException("The result has been taken.");
        }

        _token++;
        Results++;
        return 42;
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) =>
        token == _token ? ValueTaskSourceStatus.Succeeded : throw new InvalidOperationException("The result has been taken.");

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => continuation(state);
}
