using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>Waits for what other threads do, and fails instead of waiting for ever.</summary>
internal static class Eventually
{
    /// <summary>How long a condition is waited for, in real time: enough for a machine that is busy elsewhere.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Waits until the condition holds.</summary>
    public static Task Holds(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? text = null) =>
        Holds(condition, static () => Task.Delay(1), text);

    /// <summary>Waits until the condition holds, which is asked asynchronously.</summary>
    public static Task Holds(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string? text = null) =>
        Holds(condition, static () => Task.Delay(1), text);

    /// <summary>Does something again and again until the condition holds.</summary>
    public static Task Holds(Func<bool> condition, Func<Task> meanwhile, [CallerArgumentExpression(nameof(condition))] string? text = null) =>
        Holds(() => Task.FromResult(condition()), meanwhile, text);

    private static async Task Holds(Func<Task<bool>> condition, Func<Task> meanwhile, string? text)
    {
        var begun = Stopwatch.StartNew();
        while (!await condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Assert.True(begun.Elapsed < Limit, $"It did not come to hold in time: {text}");
            await meanwhile();
        }
    }
}
