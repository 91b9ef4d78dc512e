namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>A stream whose call is made with its first enumeration.</summary>
public sealed class DeferredStreamTests
{
    [Fact]
    public async Task Whoever_cancels_does_not_wait_for_the_call_that_another_enumeration_makes()
    {
        using var isCalled = new ManualResetEventSlim();
        using var mayReturn = new ManualResetEventSlim();
        var stream = Stream(() =>
        {
            isCalled.Set();
            mayReturn.Wait(TestContext.Current.CancellationToken);
            return AsyncEnumerable.Range(1, 2);
        });
        var first = Task.Run(() => stream.ToListAsync().AsTask(), TestContext.Current.CancellationToken);
        isCalled.Wait(TestContext.Current.CancellationToken);
        using var cancellation = new CancellationTokenSource();

        var second = stream.ToListAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        mayReturn.Set();
        Assert.Equal([1, 2], await first);
    }

    [Fact]
    public async Task A_call_that_throws_is_made_anew_with_the_next_enumeration_and_one_that_answered_is_not()
    {
        var calls = 0;
        var stream = Stream(() => ++calls == 1 ? throw new FormatException("at first") : AsyncEnumerable.Range(1, 2));

        await Assert.ThrowsAsync<FormatException>(async () => await stream.ToListAsync());
        Assert.Equal([1, 2], await stream.ToListAsync());
        Assert.Equal([1, 2], await stream.ToListAsync());

        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_call_that_gives_no_stream_gives_no_elements() => Assert.Empty(await Stream(() => null).ToListAsync());

    private static DeferredStream<int, int> Stream(Func<IAsyncEnumerable<int>?> call) => new(Task.CompletedTask, slot: null, 0, _ => call());
}
