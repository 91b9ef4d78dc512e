using System.Globalization;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>
/// What a change must not make slower: ratios to the hand-written decorator on the same machine at the same time, far enough from what is
/// measured that only a change of kind crosses them, and bytes, which are exact.
/// </summary>
internal static class CallGuard
{
    private const int Bursts = 200;

    private static readonly (string Row, double Ratio, double Bytes)[] Limits =
    [
        ("switched off", 1 / 15.0, 0),
        ("sampled out", 1 / 10.0, 0),
        ("repeat under OnFirstUse", 1 / 7.0, 0),
        ("repeat, sticky assignment from the cache", 1 / 4.0, 0),
        ("exposure", 1 / 3.0, 0),
        ("exposure, ValueTask member", 1 / 3.0, 0),

        // The array of the two attributes, and nothing boxed.
        ("exposure, two attributes", 1 / 2.5, 72),
    ];

    public static async Task<int> RunAsync()
    {
        var table = await CallTable.BeginAsync(Bursts).ConfigureAwait(false);
        var yardstick = (await table.MeasureAsync(CallPaths.HandWritten).ConfigureAwait(false)).LowerQuartile;
        var failures = 0;
        foreach (var (name, ratio, bytes) in Limits)
        {
            var row = await table.MeasureAsync(name).ConfigureAwait(false);
            var isSlow = row.LowerQuartile > ratio * yardstick;
            var isFat = row.Bytes > bytes;
            failures += isSlow || isFat ? 1 : 0;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(isSlow ? "TOO SLOW" : isFat ? "TOO MANY BYTES" : "ok")}: {name}: {row.LowerQuartile / yardstick:F3} of the hand-written decorator, at most {ratio:F3}; {row.Bytes:F1} bytes, at most {bytes}"));
        }

        return failures == 0 ? 0 : 1;
    }
}
