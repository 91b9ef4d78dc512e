using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Diagnostics;

/// <summary>A fault is told once, and is over when everything has worked for a minute.</summary>
public sealed class FaultStateTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly FakeTimeProvider _time = new();
    private readonly FaultState _fault;

    public FaultStateTests() => _fault = new FaultState(_time);

    [Fact]
    public void A_fault_is_over_exactly_a_minute_after_its_last_time()
    {
        Assert.False(_fault.Leave());
        Assert.True(_fault.Enter());
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.False(_fault.Enter());
        _time.Advance(TimeSpan.FromMinutes(1) - Tick);
        Assert.False(_fault.Leave());
        Assert.True(_fault.IsFailing);

        _time.Advance(Tick);
        Assert.True(_fault.Leave());
        Assert.False(_fault.IsFailing);
        Assert.False(_fault.Leave());
        Assert.True(_fault.Enter());
    }

    [Fact]
    public void A_fault_a_minute_after_it_worked_again_is_another_one()
    {
        _fault.Enter();
        _fault.Leave();
        _time.Advance(TimeSpan.FromMinutes(1) - Tick);
        Assert.False(_fault.Enter());

        // It has not worked since, however long ago that was.
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_fault.Enter());

        _fault.Leave();
        _time.Advance(TimeSpan.FromSeconds(30));
        _fault.Leave();
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(_fault.Enter());
    }
}
