using System.Diagnostics;
using System.Globalization;

namespace ExperimentFramework.DataPlane.Benchmarks.Throughput;

/// <summary>
/// Callers that overrun the queue where the thread pool has a single thread, as in a process whose other threads are blocked: destinations
/// have their turn all the same.
/// </summary>
internal static class SingleThreadPool
{
    private const double LeastDelivered = 0.05;

    /// <summary>What the process of its own runs.</summary>
    public static int Print()
    {
        var (calls, delivered) = ThreadsTable.Run(threads: 1, TimeSpan.FromSeconds(1));
        Console.WriteLine((delivered / calls).ToString("R", CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Whether a part worth the name is delivered: it is a third and more, and was a thousandth where the worker kept its thread.</summary>
    public static async Task<bool> HoldsAsync()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["single-thread-pool"]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_ThreadPool_ForceMinWorkerThreads"] = start.Environment["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "1";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        var holds = double.TryParse(output, NumberStyles.Float, CultureInfo.InvariantCulture, out var delivered) && delivered >= LeastDelivered;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{(holds ? "ok" : "TOO FEW")}: a thread pool of one thread: {delivered:P1} delivered, at least {LeastDelivered:P0}"));
        return holds;
    }
}
