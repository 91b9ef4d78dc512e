using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>What one call costs, by the way it takes to the variant.</summary>
public class CallBenchmark
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private CallPath _path = null!;

    /// <summary>A part of the names of the rows to run; a dollar sign stands for the end of a name.</summary>
    public static string Only { get; set; } = "";

    public static IEnumerable<string> Names => CallPaths.All.Keys.Where(name => $"{name}$".Contains(Only, StringComparison.Ordinal));

    [ParamsSource(nameof(Names))]
    public string Path { get; set; } = "";

    [GlobalSetup]
    public void Start()
    {
        _path = CallPaths.All[Path]();

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
