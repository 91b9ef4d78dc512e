using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Lets virtual time pass while workers on other threads go on.</summary>
internal static class VirtualTime
{
    /// <summary>Lets time pass in steps until the task ends, and gives its result or exception.</summary>
    public static async Task AdvanceUntil(this FakeTimeProvider time, Task task, TimeSpan? step = null)
    {
        while (!task.IsCompleted)
        {
            time.Advance(step ?? TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await task;
    }

    /// <summary>Lets time pass in steps until the condition holds.</summary>
    public static async Task AdvanceUntil(this FakeTimeProvider time, Func<bool> condition, TimeSpan? step = null)
    {
        while (!condition())
        {
            time.Advance(step ?? TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }
}
