using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Calls;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;

namespace ExperimentFramework.DataPlane.Benchmarks.Scaling;

/// <summary>What a queued exposure costs, and what stays in memory, as experiments and subjects grow in number.</summary>
internal static class ScalingTables
{
    public static async Task<Table> MeasureAsync(int bursts, bool isQuick)
    {
        var table = new Table("queued exposures, one experiment or subject after the other", "ns", "bytes", "megabytes in use after it");
        foreach (var name in ScalingPaths.Names(isQuick))
        {
            var row = await CallRow.MeasureAsync(name, bursts).ConfigureAwait(false);
            table.Add(name, row.Median, row.Bytes, row.Retained.ToString("F1", CultureInfo.InvariantCulture));
        }

        return table;
    }
}
