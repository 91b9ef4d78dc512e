using System.Globalization;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>Runs the table of calls, row by row.</summary>
internal static class CallTable
{
    public static async Task<int> RunAsync(int bursts, string only)
    {
        var rows = new Dictionary<string, CallRow>();
        foreach (var name in CallPaths.All.Keys.Where(name => name is CallPaths.Direct or CallPaths.Floor || $"{name}$".Contains(only, StringComparison.Ordinal)))
        {
            var row = rows[name] = await CallRow.MeasureAsync(name, bursts).ConfigureAwait(false);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {row.Median:F1} | {row.LowerQuartile:F1} | {row.Median - rows[CallPaths.Direct].Median:F1} | {row.Bytes:F0}"));
        }

        return 0;
    }
}
