using System.Diagnostics;
using System.Globalization;
using System.Text;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Tool;

namespace ExperimentFramework.DataPlane.Benchmarks.Science;

/// <summary>What calculations cost: the fastest of several rounds each.</summary>
internal static class ScienceBenchmark
{
    private const int Rounds = 15;
    private static double s_sink;

    public static async Task<Table> MeasureAsync()
    {
        var table = new Table("one calculation", "µs", "asked");
        var even = Allocation.FromWeights(1.0, 1.0);
        double[] looks = [.. Enumerable.Range(1, 100).Select(look => look / 100.0)];
        var mixture = new SampleRatioMixture(even);
        Add(table, "e-value of the mixture, two arms", "0.5", 20_000, i => mixture.LogEValue([500_000 + i, 500_300]));
        Add(table, "e-value of the mixture, two arms, not prepared", "", 20_000, i => SequentialSampleRatio.LogMixtureEValue([500_000 + i, 500_300], even.Shares));
        Add(table, "e-value of the mixture, five arms", "", 10_000, i => SequentialSampleRatio.LogMixtureEValue([200_000 + i, 200_100, 200_200, 200_300, 200_400], FiveShares));
        Add(table, "chi-square with its p-value, two arms", "", 10_000, i => SampleRatioTest.Evaluate([500_000 + i, 500_300], even).ChiSquare.LogPValue);
        Add(table, "exact p-value, two arms, a million subjects", "", 1_000, i => ExactSampleRatioTest.Evaluate([500_000 + i, 500_300], even));
        Add(table, "boundaries of 100 looks", "50,000", 1, _ => GroupSequentialBoundaries.FromSpending(SpendingFunction.OBrienFleming, 0.05, 2, looks).Upper[^1]);
        Add(table, "constant of a classic design with 10 looks", "", 5, _ => ClassicDesign.Create(10, 0.05, 2, 0.25).Constant);
        Add(table, "sample size by the noncentral t distribution", "", 5, i => TwoMeans.StudentSize(0.1 + (i * 1e-6), 1, 0.8, new TwoArmTest(0.05)).ExactN1);
        Add(table, "difference of means with its confidence sequence", "", 50_000, i => MeanDifference.Evaluate(new(5_000, 1, 4_000), new(5_000 + i, 1.1, 4_000), 0.05, 10_000).Sequence.HalfWidth);
        Add(table, "exact ratio of conversions with its interval", "", 200, i => ConversionRatio.Evaluate([new(500 + i, 560, 1, 1)], 0.05).Upper);
        var perLine = await MicrosecondsPerLineAsync(200_000);
        table.Add("`dataplane compute`, a line of kind chi2", perLine.ToString("N2", CultureInfo.InvariantCulture), "60");
        return table;
    }

    private static double[] FiveShares { get; } = [0.2, 0.2, 0.2, 0.2, 0.2];

    private static void Add(Table table, string name, string asked, int calls, Func<int, double> calculation)
    {
        var best = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            for (var call = 0; call < calls; call++)
            {
                s_sink += calculation(call);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(begun).TotalMicroseconds / calls);
        }

        table.Add(name, best.ToString("N3", CultureInfo.InvariantCulture), asked);
    }

    private static async Task<double> MicrosecondsPerLineAsync(int lines)
    {
        var text = new StringBuilder();
        for (var line = 0; line < lines; line++)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""{"id":{{line}},"kind":"chi2","inputs":{"weights":[0.5,0.5],"counts":[{{50_000 + line}},50300]} }""").Append('\n');
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        var best = double.PositiveInfinity;
        for (var round = 0; round < 4; round++)
        {
            using var input = new MemoryStream(bytes);
            var begun = Stopwatch.GetTimestamp();
            await ComputeCommand.RunAsync(input, Stream.Null, CancellationToken.None);
            best = Math.Min(best, Stopwatch.GetElapsedTime(begun).TotalMicroseconds / lines);
        }

        return best;
    }
}
