namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>How many runs simulations have: few in ordinary test runs, as many as the tables in docs/reference/statistics.md where DATAPLANE_SIMULATIONS is "full".</summary>
internal static class Simulation
{
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("DATAPLANE_SIMULATIONS") == "full";

    public static int Runs(int quick, int full) => IsFull ? full : quick;

    /// <summary>The largest share of runs that a rate of at most <paramref name="nominal"/> lets expect: five standard deviations above it.</summary>
    public static double Allowed(double nominal, int runs) => nominal + (5 * Math.Sqrt(nominal * (1 - nominal) / runs));

    /// <summary>Writes a row of the table.</summary>
    public static void Report(string row) => TestContext.Current.TestOutputHelper?.WriteLine(row);

    /// <summary>A binomial draw; by the normal distribution where it is as good.</summary>
    public static long Binomial(Random random, int trials, double share)
    {
        var variance = trials * share * (1 - share);
        if (variance > 1_000)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return (long)Math.Clamp(Math.Round((trials * share) + (normal * Math.Sqrt(variance))), 0, trials);
        }

        var successes = 0L;
        for (var trial = 0; trial < trials; trial++)
        {
            successes += random.NextDouble() < share ? 1 : 0;
        }

        return successes;
    }

    public static double Median(IReadOnlyList<int> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0;
    }
}
