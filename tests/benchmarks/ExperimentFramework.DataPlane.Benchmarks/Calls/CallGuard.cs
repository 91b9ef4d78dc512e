using System.Globalization;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>
/// What a change must not make slower: ratios to the hand-written decorator, and of a decision by name to a call, on the same machine at the same time, far enough from what is
/// measured that only a change of kind crosses them, and bytes, which are exact.
/// </summary>
internal static class CallGuard
{
    private const int Bursts = 200;
    private const int Attempts = 4;

    private static readonly (string Row, double Ratio, double Bytes)[] Limits =
    [
        (CallPaths.SwitchedOff, 1 / 15.0, 0),
        ("sampled out", 1 / 7.0, 0),
        ("repeat under OnFirstUse", 1 / 6.0, 0),
        ("repeat, sticky assignment from the cache", 1 / 4.0, 0),
        ("exposure", 1 / 3.0, 0),
        ("exposure, ValueTask member", 1 / 3.0, 0),

        // The array of the two attributes, and nothing boxed.
        ("exposure, two attributes", 1 / 2.5, 72),
        ("metric", 1 / 3.0, 0),
    ];

    /// <summary>A decision by name does what a call does, and finds the experiment by its name.</summary>
    private static readonly (string Row, double Ratio, double Bytes) Decision = ("decision by name", 2, 0);

    /// <returns>How many limits are crossed.</returns>
    public static async Task<int> CountCrossedAsync()
    {
        var failures = 0;
        foreach (var limit in Limits)
        {
            failures += await HoldsAsync(limit, CallPaths.HandWritten).ConfigureAwait(false) ? 0 : 1;
        }

        return failures + (await HoldsAsync(Decision, CallPaths.SwitchedOff).ConfigureAwait(false) ? 0 : 1);
    }

    /// <summary>Whether a row stays within its limit in one of a few pairs of processes, one right after the other, so that changes of the machine's speed cancel out of the ratio.</summary>
    private static async Task<bool> HoldsAsync((string Row, double Ratio, double Bytes) limit, string yardstickName)
    {
        for (var attempt = 1; ; attempt++)
        {
            var yardstick = (await CallRow.MeasureAsync(yardstickName, Bursts).ConfigureAwait(false)).LowerQuartile;
            var row = await CallRow.MeasureAsync(limit.Row, Bursts).ConfigureAwait(false);
            var isSlow = row.LowerQuartile > limit.Ratio * yardstick;
            var isFat = row.Bytes > limit.Bytes;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(isSlow ? "TOO SLOW" : isFat ? "TOO MANY BYTES" : "ok")}: {limit.Row}: {row.LowerQuartile / yardstick:F3} of {yardstickName}, at most {limit.Ratio:F3}; {row.Bytes:F1} bytes, at most {limit.Bytes}"));
            if (!isSlow || isFat || attempt == Attempts)
            {
                return !isSlow && !isFat;
            }
        }
    }
}
