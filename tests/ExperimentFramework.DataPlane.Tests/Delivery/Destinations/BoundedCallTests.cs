using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>A member beside the delivery is called for a limited time, on a thread that is nobody's.</summary>
public sealed class BoundedCallTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BoundedCall _call;

    public BoundedCallTests() => _call = new BoundedCall("Kafka.HealthAsync", TimeSpan.FromSeconds(5), _time);

    [Fact(Timeout = 60_000)]
    public async Task A_member_that_blocks_its_thread_holds_up_nobody_and_is_named()
    {
        using var gate = new ManualResetEventSlim();
        var isCalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calling = Task.Run(
            () => _call.RunAsync(
                _ =>
                {
                    isCalled.SetResult();
                    gate.Wait(TestContext.Current.CancellationToken);
                    return ValueTask.FromResult(1);
                },
                CancellationToken.None),
            TestContext.Current.CancellationToken);
        await isCalled.Task.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(5));

        var late = await Assert.ThrowsAsync<TimeoutException>(() => calling);
        Assert.Equal("Kafka.HealthAsync did not return within 00:00:05.", late.Message);
        Assert.True(SafeText.IsOwn(late));
        gate.Set();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_member_that_has_not_returned_is_not_called_again_before_it_has()
    {
        var answers = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isCalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        var first = _call.RunAsync(Ask, CancellationToken.None);
        await isCalled.Task.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        var second = _call.RunAsync(Ask, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => second);
        Assert.Equal(1, Volatile.Read(ref calls));

        // However it ends.
        answers.SetException(new IOException("late"));
        await Assert.ThrowsAsync<IOException>(() => _call.RunAsync(Ask, CancellationToken.None));
        Assert.Equal(2, Volatile.Read(ref calls));

        async ValueTask<int> Ask(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref calls);
            isCalled.TrySetResult();
            return await answers.Task;
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task The_callers_own_cancellation_is_reported_as_that()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var calling = _call.RunAsync(async _ => await new TaskCompletionSource<int>().Task, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_member_registers_on_its_token_may_throw()
    {
        var isCalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calling = _call.RunAsync(
            async token =>
            {
                token.Register(() => throw new FormatException());
                isCalled.SetResult();
                return await new TaskCompletionSource<int>().Task;
            },
            CancellationToken.None);
        await isCalled.Task.WaitAsync(TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<TimeoutException>(() => calling);
    }

    [Fact]
    public async Task What_a_member_answers_or_throws_in_time_is_its_own()
    {
        Assert.Equal(3, await _call.RunAsync(_ => ValueTask.FromResult(3), CancellationToken.None));
        await Assert.ThrowsAsync<FormatException>(() => _call.RunAsync<int>(_ => throw new FormatException(), CancellationToken.None));
        await Assert.ThrowsAsync<OperationCanceledException>(() => _call.RunAsync<int>(_ => throw new OperationCanceledException("its own"), CancellationToken.None));
    }
}
