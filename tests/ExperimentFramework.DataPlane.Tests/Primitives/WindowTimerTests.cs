using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Time;

public sealed class WindowTimerTests
{
    [Fact]
    public void Virtual_time_is_read_exactly()
    {
        var time = new FakeTimeProvider();
        using var clock = new CoarseClock(time);
        var timer = new WindowTimer(clock, TimeSpan.FromHours(1));
        var since = timer.Now;

        time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.True(timer.IsOpen(since, timer.Now));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.False(timer.IsOpen(since, timer.Now));
    }

    [Fact]
    public void A_short_window_is_measured_exactly_on_the_machines_clock_too()
    {
        using var clock = new CoarseClock(TimeProvider.System);
        var timer = new WindowTimer(clock, TimeSpan.FromSeconds(59));

        var before = TimeProvider.System.GetTimestamp();
        var now = timer.Now;

        Assert.InRange(now, before, TimeProvider.System.GetTimestamp());
    }

    [Fact]
    public void A_long_window_is_measured_by_a_hand_that_moves_once_a_second()
    {
        var time = new TickingTime();
        using var clock = new CoarseClock(time, isSystemTime: true);
        var timer = new WindowTimer(clock, TimeSpan.FromMinutes(1));

        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, timer.Now);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TimeSpan.TicksPerSecond, timer.Now);
        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(2 * TimeSpan.TicksPerSecond, timer.Now);
    }

    [Fact]
    public void The_hand_stops_with_its_container()
    {
        var time = new TickingTime();
        var clock = new CoarseClock(time, isSystemTime: true);
        clock.Dispose();

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(0, clock.Now);
    }

    /// <summary>Virtual time whose timestamps count from 0.</summary>
    private sealed class TickingTime : FakeTimeProvider
    {
        private readonly DateTimeOffset _start;

        public TickingTime() => _start = GetUtcNow();

        public override long GetTimestamp() => (GetUtcNow() - _start).Ticks;
    }
}
