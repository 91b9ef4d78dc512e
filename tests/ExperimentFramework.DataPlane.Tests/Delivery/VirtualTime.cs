using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Lets virtual time pass while workers work in real time.</summary>
internal static class VirtualTime
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>How long one step waits for workers at most: one that a destination blocks never rests.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a condition is waited for, in real time, before the test fails instead of hanging.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

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
        var begun = Stopwatch.StartNew();
        while (!condition())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Assert.True(begun.Elapsed < Limit, "The condition did not hold in time.");
            time.Advance(step ?? Step);
            await WorkersRest(condition, time as PacedTime);
        }
    }

    /// <summary>
    /// Workers do first what the step has set off: otherwise a machine that is busy elsewhere would let far more virtual time pass than they
    /// need, and every time-out with it.
    /// </summary>
    private static async Task WorkersRest(Func<bool> condition, PacedTime? time)
    {
        var begun = Stopwatch.StartNew();
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }
        while ((ThreadPool.PendingWorkItemCount > 0 || time?.AreWorkersResting() == false) && begun.Elapsed < LongestRest && !condition());
    }
}
