using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Time;

public sealed class NonThrowingTimeProviderTests
{
    [Fact]
    public void The_machines_clock_and_one_that_is_safe_already_are_not_wrapped()
    {
        var safe = NonThrowingTimeProvider.Of(new FakeTimeProvider());

        Assert.Same(TimeProvider.System, NonThrowingTimeProvider.Of(TimeProvider.System));
        Assert.Same(safe, NonThrowingTimeProvider.Of(safe));
    }

    [Fact]
    public void It_reads_the_clock_while_it_can_and_the_machines_time_with_the_last_timestamp_while_it_cannot()
    {
        var clock = new Failing();
        var safe = NonThrowingTimeProvider.Of(clock);
        clock.Inner.Advance(TimeSpan.FromHours(1));
        var (timestamp, now) = (safe.GetTimestamp(), safe.GetUtcNow());
        Assert.Equal((clock.Inner.GetTimestamp(), clock.Inner.GetUtcNow()), (timestamp, now));

        clock.Inner.Advance(TimeSpan.FromHours(1));
        clock.IsBroken = true;

        Assert.Null(((NonThrowingTimeProvider)safe).Fault);
        Assert.Equal(timestamp, safe.GetTimestamp());
        Assert.Equal(DateTimeOffset.UtcNow, safe.GetUtcNow(), TimeSpan.FromMinutes(5));
        Assert.Equal(clock.TimestampFrequency, safe.TimestampFrequency);
        Assert.Equal("clock", ((NonThrowingTimeProvider)safe).Fault!.Message);
        clock.IsBroken = false;
        Assert.Equal(clock.Inner.GetTimestamp(), safe.GetTimestamp());
    }

    [Fact]
    public void Timers_are_the_clocks_and_the_machines_if_it_cannot_make_one()
    {
        var clock = new Failing();
        var safe = NonThrowingTimeProvider.Of(clock);
        var calls = 0;
        using var timer = safe.CreateTimer(_ => calls++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        clock.Inner.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, calls);

        clock.IsBroken = true;
        using var rang = new ManualResetEventSlim();
        using var other = safe.CreateTimer(_ => rang.Set(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.True(rang.Wait(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void What_the_caller_asks_wrongly_is_the_callers_fault_and_not_the_clocks()
    {
        var safe = NonThrowingTimeProvider.Of(new FakeTimeProvider());

        Assert.ThrowsAny<ArgumentException>(() => safe.CreateTimer(null!, null, TimeSpan.Zero, TimeSpan.Zero));
        Assert.Null(((NonThrowingTimeProvider)safe).Fault);
    }

    private sealed class Failing : TimeProvider
    {
        public FakeTimeProvider Inner { get; } = new();

        public bool IsBroken { get; set; }

        public override long TimestampFrequency => Inner.TimestampFrequency;

        public override long GetTimestamp() => IsBroken ? throw new InvalidOperationException("clock") : Inner.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => IsBroken ? throw new InvalidOperationException("clock") : Inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            IsBroken ? throw new InvalidOperationException("clock") : Inner.CreateTimer(callback, state, dueTime, period);
    }
}
