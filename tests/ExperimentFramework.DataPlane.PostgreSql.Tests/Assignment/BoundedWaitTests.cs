namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Assignment;

/// <summary>A query that a caller no longer waits for does not keep its connection.</summary>
public sealed class BoundedWaitTests
{
    [Fact]
    public async Task A_query_that_takes_too_long_is_cancelled()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var timeout = Assert.Throws<TimeoutException>(() => BoundedWait.For(
            token =>
            {
                token.Register(cancelled.SetResult);
                return new ValueTask<int>(new TaskCompletionSource<int>().Task);
            },
            TimeSpan.FromMilliseconds(1)));

        Assert.Equal("PostgreSQL did not respond within 1 ms.", timeout.Message);
        await cancelled.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_cancellation_that_blocks_or_throws_does_not_keep_the_caller()
    {
        using var gate = new ManualResetEventSlim();
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Assert.Throws<TimeoutException>(() => BoundedWait.For(
            token =>
            {
                token.Register(() =>
                {
                    gate.Wait(TestContext.Current.CancellationToken);
                    called.SetResult();
                    throw new InvalidOperationException("the server is gone");
                });
                return new ValueTask<int>(new TaskCompletionSource<int>().Task);
            },
            TimeSpan.FromMilliseconds(1)));

        Assert.False(called.Task.IsCompleted);
        gate.Set();
        await called.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_query_that_ends_canceled_is_one_that_took_too_long()
    {
        var timeout = Assert.Throws<TimeoutException>(() => BoundedWait.For(_ => ValueTask.FromCanceled<int>(new CancellationToken(canceled: true)), TimeSpan.FromMinutes(1)));

        Assert.True(SafeText.IsOwn(timeout));
    }

    [Fact]
    public void An_answer_and_an_exception_are_returned_as_they_are()
    {
        Assert.Equal(7, BoundedWait.For(_ => new ValueTask<int>(7), TimeSpan.FromMinutes(1)));
        var failure = new IOException("gone");
        Assert.Same(failure, Assert.Throws<IOException>(() => BoundedWait.For(_ => ValueTask.FromException<int>(failure), TimeSpan.FromMinutes(1))));
    }
}
