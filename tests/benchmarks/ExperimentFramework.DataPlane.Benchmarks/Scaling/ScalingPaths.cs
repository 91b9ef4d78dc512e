using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Calls;

namespace ExperimentFramework.DataPlane.Benchmarks.Scaling;

/// <summary>The rows that show what a call costs as things grow in number.</summary>
internal static class ScalingPaths
{
    private static readonly int[] ExperimentCounts = [1, 10, 100, 1_000];
    private static readonly int[] SubjectCounts = [10, 1_000, 100_000, 1_000_000, 10_000_000];

    public static IReadOnlyDictionary<string, Func<CallPath>> All { get; } = ExperimentCounts
        .Select(count => (Name: Named(count, "experiment"), Create: (Func<CallPath>)(() => new ExperimentCalls(count))))
        .Concat(SubjectCounts.Select(count => (Name: Named(count, "subject"), Create: (Func<CallPath>)(() => new SubjectCalls(count)))))
        .ToDictionary(row => row.Name, row => row.Create);

    /// <summary>The names of the rows; quickly, without those that take long to begin.</summary>
    public static IEnumerable<string> Names(bool isQuick) => All.Keys.Where(name => !isQuick || !name.StartsWith("10,000,000", StringComparison.Ordinal));

    private static string Named(int count, string what) => $"{count.ToString("N0", CultureInfo.InvariantCulture)} {what}{(count == 1 ? "" : "s")}";
}
