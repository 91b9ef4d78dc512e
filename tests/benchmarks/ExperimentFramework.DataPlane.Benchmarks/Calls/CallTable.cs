using ExperimentFramework.DataPlane.Benchmarks.Markdown;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>The tables of calls: each row in processes of its own, beside those that every row is compared with.</summary>
internal sealed class CallTable
{
    private readonly Dictionary<string, CallRow> _measured;

    private CallTable(Dictionary<string, CallRow> measured) => _measured = measured;

    /// <summary>The row of a name.</summary>
    public CallRow this[string name] => _measured[name];

    /// <summary>Measures rows, and those that all others are compared with.</summary>
    /// <param name="names">The rows.</param>
    /// <param name="bursts">How many bursts of each row count.</param>
    /// <param name="passes">How often all rows are measured, each time in a process of its own.</param>
    public static async Task<CallTable> MeasureAsync(IEnumerable<string> names, int bursts, int passes)
    {
        var measured = new Dictionary<string, CallRow>();
        string[] all = [.. new[] { CallPaths.Direct, CallPaths.Floor, CallPaths.HandWritten }.Union(names)];
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var name in all)
            {
                // Whoever shares the processor's core can double what calls cost, and cannot lower it: the least disturbed process counts.
                var row = await CallRow.MeasureAsync(name, bursts).ConfigureAwait(false);
                measured[name] = measured.GetValueOrDefault(name) is { } best && best.Median <= row.Median ? best : row;
            }
        }

        return new CallTable(measured);
    }

    /// <summary>Puts rows into a table.</summary>
    public Table Of(IEnumerable<string> names)
    {
        var table = new Table("call", "ns", "ns over the direct call", "of the floor", "hand-written is slower by", "bytes");
        foreach (var name in names)
        {
            var row = _measured[name];
            table.Add(
                name,
                row.Median,
                row.Median - _measured[CallPaths.Direct].Median,
                row.Median / _measured[CallPaths.Floor].Median,
                _measured[CallPaths.HandWritten].Median / row.Median,
                row.Bytes);
        }

        return table;
    }
}
