using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests;

/// <summary>Lets virtual time pass for work in the background, and fails instead of waiting for ever.</summary>
internal static class VirtualTime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Lets time pass in steps until the condition holds.</summary>
    public static async Task PassUntil(this FakeTimeProvider time, Func<bool> condition, TimeSpan step)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Patience, "The condition did not come true.");
            time.Advance(step);
            await Task.Delay(1);
        }
    }
}
