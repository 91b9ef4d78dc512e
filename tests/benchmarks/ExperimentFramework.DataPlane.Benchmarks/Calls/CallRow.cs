using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BenchmarkDotNet.Running;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>One row of the table, measured in a process of its own.</summary>
/// <param name="Median">Nanoseconds a call.</param>
/// <param name="LowerQuartile">The same, of the quicker quarter of the bursts.</param>
/// <param name="Bytes">Allocated on the caller's thread for a call.</param>
/// <param name="Retained">Megabytes that are still in use after the calls.</param>
internal sealed record CallRow(double Median, double LowerQuartile, double Bytes, double Retained)
{
    /// <summary>Measures a row in this process, and prints it.</summary>
    public static int Print(Func<CallPath> create, int bursts)
    {
        CallBenchmark.Create = create;
        var statistics = BenchmarkRunner.Run<CallBenchmark>(InProcess.Config(bursts)).Reports.Single().ResultStatistics
            ?? throw new InvalidOperationException("The row could not be measured.");
        using var path = create();
        Console.WriteLine(JsonSerializer.Serialize(new CallRow(statistics.Median, statistics.Q1, Allocated(path), GC.GetTotalMemory(forceFullCollection: true) / 1e6)));
        return 0;
    }

    /// <summary>Measures a row in a process of its own.</summary>
    public static async Task<CallRow> MeasureAsync(string name, int bursts)
    {
        using var process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, ["row", name, bursts.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<CallRow>(output.Trim().Split('\n')[^1])!
            : throw new InvalidOperationException($"The row '{name}' ended with {process.ExitCode}: {output}");
    }

    private static double Allocated(CallPath path)
    {
        const int Bursts = 60;
        for (var i = 0; i < Bursts; i++)
        {
            path.Burst();
            path.Drain();
        }

        var allocated = 0L;
        for (var i = 0; i < Bursts; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            path.Burst();
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            path.Drain();
        }

        return (double)allocated / (Bursts * CallPath.BurstSize);
    }
}
