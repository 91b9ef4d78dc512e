using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Time;

public sealed class WindowTimerTests
{
    [Fact]
    public void Virtual_time_is_read_exactly()
    {
        var time = new FakeTimeProvider();
        using var hand = new CoarseClock(time);
        var clock = new WindowTimer(hand, TimeSpan.FromHours(1));
        var since = clock.Now;

        time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.True(clock.IsOpen(since, clock.Now));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.False(clock.IsOpen(since, clock.Now));
    }

    [Fact]
    public void A_short_window_is_measured_exactly_on_the_machines_clock_too()
    {
        using var hand = new CoarseClock(TimeProvider.System);
        var clock = new WindowTimer(hand, TimeSpan.FromSeconds(59));

        var before = TimeProvider.System.GetTimestamp();
        var now = clock.Now;

        Assert.InRange(now, before, TimeProvider.System.GetTimestamp());
    }

    [Fact]
    public void A_long_window_is_measured_by_a_hand_that_moves_once_a_second()
    {
        var time = new TickingTime();
        using var hand = new CoarseClock(time, isMachineTime: true);
        var clock = new WindowTimer(hand, TimeSpan.FromMinutes(1));

        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, clock.Now);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TimeSpan.TicksPerSecond, clock.Now);
        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(2 * TimeSpan.TicksPerSecond, clock.Now);
    }

    [Fact]
    public void The_hand_stops_with_its_container()
    {
        var time = new TickingTime();
        var hand = new CoarseClock(time, isMachineTime: true);
        hand.Dispose();

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(0, hand.Now);
    }

    /// <summary>Virtual time whose timestamps count from 0.</summary>
    private sealed class TickingTime : FakeTimeProvider
    {
        private readonly DateTimeOffset _start;

        public TickingTime() => _start = GetUtcNow();

        public override long GetTimestamp() => (GetUtcNow() - _start).Ticks;
    }
}
