using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Parts that wait one after the other share the time there is for the end.</summary>
public sealed class ShutdownBudgetTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void What_one_part_has_waited_is_not_left_to_the_next()
    {
        var shutdown = Of(seconds: 10);

        Assert.Equal(10, Wait(shutdown, seconds: 4));
        Assert.Equal(6, Wait(shutdown, seconds: 3));
        Assert.Equal(3, Wait(shutdown, seconds: 0));
    }

    [Fact]
    public void Time_between_waits_is_not_spent()
    {
        var shutdown = Of(seconds: 10);
        Wait(shutdown, seconds: 4);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(6, Wait(shutdown, seconds: 0));
    }

    [Fact]
    public void Waits_that_overlap_spend_their_time_once()
    {
        var shutdown = Of(seconds: 10);
        using (shutdown.Begin())
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(8, Wait(shutdown, seconds: 3));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(4, Wait(shutdown, seconds: 0));
    }

    [Fact]
    public void A_tenth_is_left_however_long_the_others_waited()
    {
        var shutdown = Of(seconds: 10);

        Wait(shutdown, seconds: 10);

        Assert.Equal(1, Wait(shutdown, seconds: 1));
        Assert.Equal(1, Wait(shutdown, seconds: 0));
    }

    [Fact]
    public void There_is_no_time_where_none_is_set() => Assert.Equal(0, Wait(Of(seconds: 0), seconds: 0));

    private ShutdownBudget Of(double seconds) => new(TimeSpan.FromSeconds(seconds), _time);

    /// <summary>Waits so long, and answers for how many seconds it might have.</summary>
    private double Wait(ShutdownBudget shutdown, double seconds)
    {
        using var wait = shutdown.Begin();
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return wait.Remaining.TotalSeconds;
    }
}
