using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>What one call costs, by the way it takes to the variant.</summary>
public class CallBenchmark
{
    /// <summary>How often a method is called in a round: more than it takes to be compiled anew.</summary>
    private const int RoundBursts = 100;
    private const int Rounds = 8;

    /// <summary>The compiler takes up what was called often when nothing new was compiled for a tenth of a second.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(150);

    private CallPath _path = null!;

    /// <summary>Makes the row of this process: one row each, so that none is compiled for another's habits.</summary>
    internal static Func<CallPath> Create { get; set; } = CallPaths.All[CallPaths.Direct];

    [GlobalSetup]
    public void Start()
    {
        _path = Create();

        // Until the code is compiled as it stays: several times each, and each time after a rest.
        for (var round = 0; round < Rounds; round++)
        {
            for (var burst = 0; burst < RoundBursts; burst++)
            {
                Burst();
                Drain();
            }

            Thread.Sleep(Rest);
        }

        // What every call uses is old, as in a process that has run for a while.
        GC.Collect();
        GC.Collect();
    }

    [IterationSetup]
    public void Drain() => _path.Drain();

    /// <summary>Not to be inlined where it warms up: what is measured later would not have been called then.</summary>
    [Benchmark(OperationsPerInvoke = CallPath.BurstSize)]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int Burst() => _path.Burst();

    [GlobalCleanup]
    public void End() => _path.Dispose();
}
