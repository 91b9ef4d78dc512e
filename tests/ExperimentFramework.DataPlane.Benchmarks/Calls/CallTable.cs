using ExperimentFramework.DataPlane.Benchmarks.Markdown;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>The tables of calls: each row in a process of its own, beside those that every row is compared with.</summary>
internal sealed class CallTable
{
    private readonly int _bursts;
    private readonly int _processes;
    private readonly Dictionary<string, CallRow> _measured = [];

    private CallTable(int bursts, int processes)
    {
        _bursts = bursts;
        _processes = processes;
    }

    /// <summary>Measures what all others are compared with.</summary>
    /// <param name="bursts">How many bursts of each row count.</param>
    /// <param name="processes">How many processes each row is measured in.</param>
    public static async Task<CallTable> BeginAsync(int bursts, int processes = 1)
    {
        var table = new CallTable(bursts, processes);
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
            // Where a process's code and data come to lie decides a part of what it costs: the median of several.
            var rows = new List<CallRow>();
            for (var process = 0; process < _processes; process++)
            {
                rows.Add(await CallRow.MeasureAsync(name, _bursts).ConfigureAwait(false));
            }

            row = _measured[name] = rows.OrderBy(measured => measured.Median).ElementAt(_processes / 2);
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
