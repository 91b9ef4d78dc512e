using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Calls;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;

namespace ExperimentFramework.DataPlane.Benchmarks.Scaling;

/// <summary>What a queued exposure costs, and what stays in memory, as experiments and subjects grow in number.</summary>
internal static class ScalingTable
{
    public static Table Of(CallTable calls, bool isQuick)
    {
        var table = new Table("queued exposures, one experiment or subject after the other", "ns", "bytes", "megabytes in use after it");
        foreach (var name in ScalingPaths.Names(isQuick))
        {
            var row = calls[name];
            table.Add(name, row.Median, row.Bytes, row.Retained.ToString("F1", CultureInfo.InvariantCulture));
        }

        return table;
    }
}
