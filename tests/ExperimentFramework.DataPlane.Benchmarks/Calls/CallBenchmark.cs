using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>What one call costs, by the way it takes to the variant.</summary>
public class CallBenchmark
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private CallPath _path = null!;

    /// <summary>The row of this process: one row each, so that none is compiled for another's habits.</summary>
    public static string Row { get; set; } = CallPaths.Direct;

    [GlobalSetup]
    public void Start()
    {
        _path = CallPaths.All[Row]();

        // Until the code is compiled as it stays: that takes calls, and time in which the compiler works beside them.
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < WarmUp)
        {
            _path.Burst();
            _path.Drain();
        }
    }

    [IterationSetup]
    public void Drain() => _path.Drain();

    [Benchmark(OperationsPerInvoke = CallPath.BurstSize)]
    public int Burst() => _path.Burst();

    [GlobalCleanup]
    public void End() => _path.Dispose();
}
