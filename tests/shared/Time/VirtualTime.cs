using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane;

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

    /// <summary>Lets time pass in steps until the condition holds.</summary>
    public static Task AdvanceUntil(
        this FakeTimeProvider time, Func<bool> condition, TimeSpan? step = null, [CallerArgumentExpression(nameof(condition))] string? text = null) => Eventually.Holds(
        condition,
        async () =>
        {
            time.Advance(step ?? Step);
            await WorkersRest(condition, time as PacedTime);
        },
        text);

    /// <summary>
    /// Workers do first what the step has set off: otherwise a machine that is busy elsewhere would let far more virtual time pass than they
    /// need, and every time-out with it.
    /// </summary>
    private static async Task WorkersRest(Func<bool> condition, PacedTime? time)
    {
        var longestRest = time?.LongestRest ?? PacedTime.DefaultLongestRest;
        var begun = Stopwatch.StartNew();
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }
        while ((ThreadPool.PendingWorkItemCount > 0 || time?.AreWorkersResting() == false) && begun.Elapsed < longestRest && !condition());
    }
}
