using System.Diagnostics;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>Measures several ways of the same work, one after the other in each round, so that they meet the same machine.</summary>
internal sealed class Rounds
{
    private readonly List<Sample>[] _samples;

    private Rounds(int ways) => _samples = [.. Enumerable.Range(0, ways).Select(_ => new List<Sample>())];

    /// <summary>Runs all ways in each round, after one that does not count.</summary>
    /// <param name="rounds">The number of rounds.</param>
    /// <param name="events">The number of events that a run has.</param>
    /// <param name="ways">The ways.</param>
    public static async Task<Rounds> MeasureAsync(int rounds, int events, IReadOnlyList<Func<Task>> ways)
    {
        var measured = new Rounds(ways.Count);
        for (var round = -1; round < rounds; round++)
        {
            for (var way = 0; way < ways.Count; way++)
            {
                var sample = await TimeAsync(events, ways[way]);
                if (round >= 0)
                {
                    measured._samples[way].Add(sample);
                }
            }
        }

        return measured;
    }

    /// <summary>Thousand events for each second of processor time.</summary>
    public double Rate(int way) => Median(_samples[way].Select(sample => sample.Rate));

    /// <summary>Thousand events a second.</summary>
    public double WallRate(int way) => Median(_samples[way].Select(sample => sample.WallRate));

    public double Bytes(int way) => Median(_samples[way].Select(sample => sample.Bytes));

    /// <summary>The rate of a way over that of another one in the same round.</summary>
    public double Ratio(int way, int other) => Median(_samples[way].Zip(_samples[other], (sample, limit) => sample.Rate / limit.Rate));

    /// <summary>The same by wall clock.</summary>
    public double WallRatio(int way, int other) => Median(_samples[way].Zip(_samples[other], (sample, limit) => sample.WallRate / limit.WallRate));

    private static async Task<Sample> TimeAsync(int events, Func<Task> run)
    {
        GC.Collect();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var wall = Stopwatch.StartNew();
        await run();
        return new Sample(
            events / (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds,
            events / wall.Elapsed.TotalMilliseconds,
            (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)events);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private readonly record struct Sample(double Rate, double WallRate, double Bytes);
}
