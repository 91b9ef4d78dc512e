using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Lets virtual time pass while workers work in real time.</summary>
internal static class VirtualTime
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>Lets time pass in steps until the task has ended.</summary>
    public static async Task AdvanceUntil(this FakeTimeProvider time, Task task, TimeSpan? step = null)
    {
        await time.AdvanceUntil(() => task.IsCompleted, step);
        await task;
    }

    /// <summary>Lets time pass in steps until the condition holds, which it never may where the rule under test is broken.</summary>
    public static async Task AdvanceUntil(
        this FakeTimeProvider time, Func<bool> condition, TimeSpan? step = null, CancellationToken cancellationToken = default)
    {
        while (!condition())
        {
            cancellationToken.ThrowIfCancellationRequested();
            time.Advance(step ?? Step);
            await WorkersRest(condition);
        }
    }

    /// <summary>
    /// Workers do first what the step has set off: otherwise a machine that is busy elsewhere would let far more virtual time pass than they
    /// need, and every time-out with it.
    /// </summary>
    private static async Task WorkersRest(Func<bool> condition)
    {
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }
        while (ThreadPool.PendingWorkItemCount > 0 && !condition());
    }
}
