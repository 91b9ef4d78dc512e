using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Diagnostics;

/// <summary>A fault is reported once, and is over when everything has worked for a minute.</summary>
public sealed class FaultLatchTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly FakeTimeProvider _time = new();
    private readonly FaultLatch _fault;

    public FaultLatchTests() => _fault = new FaultLatch(_time);

    [Fact]
    public void A_fault_is_over_exactly_a_minute_after_its_last_time()
    {
        Assert.False(_fault.Reset());
        Assert.True(_fault.Trip());
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.False(_fault.Trip());
        _time.Advance(TimeSpan.FromMinutes(1) - Tick);
        Assert.False(_fault.Reset());
        Assert.True(_fault.IsFailing);

        _time.Advance(Tick);
        Assert.True(_fault.Reset());
        Assert.False(_fault.IsFailing);
        Assert.False(_fault.Reset());
        Assert.True(_fault.Trip());
    }

    [Fact]
    public void A_fault_a_minute_after_it_worked_again_is_another_one()
    {
        _fault.Trip();
        _fault.Reset();
        _time.Advance(TimeSpan.FromMinutes(1) - Tick);
        Assert.False(_fault.Trip());

        // It has not worked since, however long ago that was.
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_fault.Trip());

        _fault.Reset();
        _time.Advance(TimeSpan.FromSeconds(30));
        _fault.Reset();
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(_fault.Trip());
    }
}
