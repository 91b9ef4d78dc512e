using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Who waits for capacity, in which order the waits end, and what ends them.</summary>
public sealed class BackpressureGateTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly BackpressureGate _gate;

    public BackpressureGateTests() => _gate = new BackpressureGate(1, Limit, _time);

    public enum End
    {
        Timeout,
        Canceled,
        Closed,
    }

    public static MatrixTheoryData<End, bool> Ends { get; } = new(Enum.GetValues<End>(), [false, true]);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Ends))]
    public async Task A_wait_that_ends_without_its_turn_gets_no_slot(End end, bool isAsynchronous)
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = WaitAsync(() => false, isAsynchronous, cancellation.Token);

        EndAll(end, cancellation);

        Assert.False(await waiting.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, _gate.Waiting);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Ends))]
    public async Task A_wait_that_ends_takes_a_slot_that_is_free_by_then(End end, bool isAsynchronous)
    {
        using var cancellation = new CancellationTokenSource();
        var attempts = 0;
        var waiting = WaitAsync(() => Interlocked.Increment(ref attempts) > 1, isAsynchronous, cancellation.Token);

        EndAll(end, cancellation);

        Assert.True(await waiting.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, attempts);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wait_takes_no_longer_than_its_limit_and_not_less(bool isAsynchronous)
    {
        var waiting = WaitAsync(() => false, isAsynchronous, CancellationToken.None);

        _time.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _gate.Waiting);
        Assert.False(waiting.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await waiting.WaitAsync(TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 60_000)]
    public async Task As_many_are_admitted_as_slots_are_free_and_those_first_that_came_first()
    {
        List<int> admitted = [];
        var slots = 0;
        var waiting = Enumerable.Range(0, 4).Select(who => WaitAsync(() => TryTake(who), isAsynchronous: true, CancellationToken.None)).ToArray();

        Free(2);
        await Task.WhenAll(waiting[..2]).WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, _gate.Waiting);
        Free(1);
        await waiting[2].WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting[3].IsCompleted);
        Free(5);
        await waiting[3].WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal([2, 3], admitted[2..]);
        Assert.Equal([0, 1], admitted[..2].Order());

        void Free(int count)
        {
            Interlocked.Add(ref slots, count);
            _gate.Release(count);
        }

        bool TryTake(int who)
        {
            lock (admitted)
            {
                if (slots == 0)
                {
                    return false;
                }

                slots--;
                admitted.Add(who);
                return true;
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_caller_that_has_given_up_takes_nobodys_turn()
    {
        using var cancellation = new CancellationTokenSource();
        var hasSlot = false;
        var givesUp = WaitAsync(() => false, isAsynchronous: true, cancellation.Token);
        var waits = WaitAsync(() => Volatile.Read(ref hasSlot), isAsynchronous: true, CancellationToken.None);
        await cancellation.CancelAsync();
        Assert.False(await givesUp.WaitAsync(TestContext.Current.CancellationToken));

        Volatile.Write(ref hasSlot, true);
        _gate.Release(1);

        Assert.True(await waits.WaitAsync(TestContext.Current.CancellationToken));
    }

    private void EndAll(End end, CancellationTokenSource cancellation)
    {
        switch (end)
        {
            case End.Timeout:
                _time.Advance(Limit);
                break;
            case End.Canceled:
                cancellation.Cancel();
                break;
            case End.Closed:
                _gate.Close();
                break;
        }
    }

    /// <summary>Begins to wait, and returns once the first attempt has failed.</summary>
    private Task<bool> WaitAsync(Func<bool> attempt, bool isAsynchronous, CancellationToken cancellationToken)
    {
        Assert.True(_gate.TryEnter());
        if (isAsynchronous)
        {
            return _gate.WaitAsync(attempt, cancellationToken);
        }

        using var hasTried = new ManualResetEventSlim();
        var result = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => result.SetResult(_gate.Wait(Attempt, cancellationToken))) { IsBackground = true }.Start();
        hasTried.Wait(TestContext.Current.CancellationToken);
        return result.Task;

        bool Attempt()
        {
            var isTaken = attempt();
            if (!result.Task.IsCompleted && !hasTried.IsSet)
            {
                hasTried.Set();
            }

            return isTaken;
        }
    }
}
