using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>What one call costs, by the way it takes to the variant.</summary>
public class CallBenchmark
{
    private const int WindowBursts = 200;
    private const int SteadyWindows = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(6);

    private CallPath _path = null!;

    /// <summary>Makes the row of this process: one row each, so that none is compiled for another's habits.</summary>
    internal static Func<CallPath> Create { get; set; } = CallPaths.All[CallPaths.Direct];

    [GlobalSetup]
    public void Start()
    {
        _path = Create();

        // Until the code is compiled as it stays: that takes calls, and time in which the compiler works beside them.
        var started = Stopwatch.GetTimestamp();
        var best = TimeSpan.MaxValue;
        for (var steady = 0; steady < SteadyWindows && Stopwatch.GetElapsedTime(started) < LongestWarmUp;)
        {
            var quickest = QuickestOf(WindowBursts);
            steady = Stopwatch.GetElapsedTime(started) < WarmUp || quickest < best * 0.95 ? 0 : steady + 1;
            best = quickest < best ? quickest : best;
        }
    }

    [IterationSetup]
    public void Drain() => _path.Drain();

    [Benchmark(OperationsPerInvoke = CallPath.BurstSize)]
    public int Burst() => _path.Burst();

    [GlobalCleanup]
    public void End() => _path.Dispose();

    private TimeSpan QuickestOf(int bursts)
    {
        var quickest = TimeSpan.MaxValue;
        for (var i = 0; i < bursts; i++)
        {
            var started = Stopwatch.GetTimestamp();
            _path.Burst();
            var elapsed = Stopwatch.GetElapsedTime(started);
            quickest = elapsed < quickest ? elapsed : quickest;
            _path.Drain();
        }

        return quickest;
    }
}
