using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>A clock that knows how long has been waited for.</summary>
internal sealed class WaitingTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly ConcurrentDictionary<TimeSpan, bool> _waits = new();

    public bool HasWaited(TimeSpan time) => _waits.ContainsKey(time);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits[dueTime] = true;
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
