using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests;

/// <summary>Nothing expires before two readings of the clock agree.</summary>
public sealed class ExpiryClockTests
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly JumpingClock _time = new(Begin);
    private readonly ExpiryClock _clock;

    public ExpiryClockTests() => _clock = new ExpiryClock(_time);

    [Fact]
    public void The_first_reading_is_believed_a_minute_later()
    {
        Assert.Null(_clock.Read());
        _time.Advance(TimeSpan.FromSeconds(59.999));
        Assert.Null(_clock.Read());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Begin.AddMinutes(1), _clock.Read());
    }

    [Fact]
    public void A_jump_of_eight_days_for_half_a_second_is_never_believed()
    {
        Confirm();
        _time.Jump(TimeSpan.FromDays(8));
        Assert.Equal(Begin.AddMinutes(1), _clock.Read());
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(Begin.AddMinutes(1).AddSeconds(0.5), _clock.Read());
        _time.Jump(TimeSpan.FromDays(-8));
        Assert.Equal(Begin.AddMinutes(1).AddSeconds(0.5), _clock.Read());
    }

    [Fact]
    public void A_jump_that_comes_back_and_comes_again_begins_anew()
    {
        Confirm();
        for (var i = 0; i < 5; i++)
        {
            _time.Jump(TimeSpan.FromDays(8));
            _clock.Read();
            _time.Advance(TimeSpan.FromSeconds(30));
            _time.Jump(TimeSpan.FromDays(-8));
            Assert.True(_clock.Read() < Begin.AddDays(1));
        }
    }

    [Fact]
    public void A_jump_that_lasts_is_believed_a_minute_later()
    {
        Confirm();
        _time.Jump(TimeSpan.FromDays(8));
        _clock.Read();
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(_clock.Read() < Begin.AddDays(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Begin.AddMinutes(2).AddDays(8), _clock.Read());
    }

    [Theory]
    [InlineData(8, 30)]
    [InlineData(30, -22)]
    public void Two_different_jumps_do_not_confirm_each_other(int firstDays, int thenDays)
    {
        Confirm();
        _time.Jump(TimeSpan.FromDays(firstDays));
        _clock.Read();
        _time.Advance(TimeSpan.FromMinutes(2));
        _time.Jump(TimeSpan.FromDays(thenDays));
        Assert.True(_clock.Read() < Begin.AddDays(1));
    }

    [Fact]
    public void A_clock_that_is_set_back_is_believed_at_once()
    {
        Confirm();
        _time.Jump(TimeSpan.FromDays(-3));
        Assert.Equal(Begin.AddMinutes(1).AddDays(-3), _clock.Read());
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void Clocks_may_drift_by_half_a_minute_between_two_readings(int seconds, bool isBelieved)
    {
        Confirm();
        _time.Jump(TimeSpan.FromSeconds(seconds));
        Assert.Equal(isBelieved ? Begin.AddMinutes(1).AddSeconds(seconds) : Begin.AddMinutes(1), _clock.Read());
    }

    private void Confirm()
    {
        _clock.Read();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Begin.AddMinutes(1), _clock.Read());
    }
}

/// <summary>A clock whose time of day can be set without time passing.</summary>
internal sealed class JumpingClock(DateTimeOffset begin) : FakeTimeProvider(begin)
{
    private TimeSpan _jump;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _jump;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public void Jump(TimeSpan by) => _jump += by;
}
