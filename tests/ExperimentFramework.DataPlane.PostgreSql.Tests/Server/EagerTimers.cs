using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>A clock whose timers fire as soon as they may: one that is created due would fire before its creator has it, so none may be.</summary>
internal sealed class EagerTimers : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _restarts = new();

    /// <summary>For how long work that was done started its timer again, each time.</summary>
    public IReadOnlyCollection<TimeSpan> Restarts => _restarts;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, dueTime);
        return new Timer(this, callback, state);
    }

    private sealed class Timer(EagerTimers owner, TimerCallback callback, object? state) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == TimeSpan.Zero)
            {
                callback(state);
            }
            else
            {
                owner._restarts.Enqueue(dueTime);
            }

            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
