using ExperimentFramework.DataPlane.Benchmarks.Markdown;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>The tables of calls: each row in a process of its own, beside those that every row is compared with.</summary>
internal sealed class CallTable
{
    private readonly int _bursts;
    private readonly Dictionary<string, CallRow> _measured = [];

    private CallTable(int bursts) => _bursts = bursts;

    /// <summary>Measures what all others are compared with.</summary>
    /// <param name="bursts">How many bursts of each row count.</param>
    public static async Task<CallTable> BeginAsync(int bursts)
    {
        var table = new CallTable(bursts);
        foreach (var name in new[] { CallPaths.Direct, CallPaths.Floor, CallPaths.HandWritten })
        {
            await table.MeasureAsync(name).ConfigureAwait(false);
        }

        return table;
    }

    public async Task<CallRow> MeasureAsync(string name)
    {
        if (!_measured.TryGetValue(name, out var row))
        {
            row = _measured[name] = await CallRow.MeasureAsync(name, _bursts).ConfigureAwait(false);
        }

        return row;
    }

    /// <summary>Measures rows and puts them into a table.</summary>
    public async Task<Table> TableAsync(string title, IEnumerable<string> names)
    {
        var table = new Table(title, "ns", "ns over the direct call", "of the floor", "hand-written is slower by", "bytes");
        foreach (var name in names)
        {
            var row = await MeasureAsync(name).ConfigureAwait(false);
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
