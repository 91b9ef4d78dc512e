namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// The rows of a table by experiment and time, so that a query for one of either reads few row groups. Rows that are equal in both keep their order, so a
/// conversion that is repeated gives the same file.
/// </summary>
internal sealed class RowOrder : IDisposable
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private PooledArray<int> _experiments = new();
    private PooledArray<int> _ends = new();
    private PooledArray<int> _rows = new();

    /// <summary>Sorts the rows.</summary>
    /// <returns>The rows in their order, valid until the next call.</returns>
    public ReadOnlySpan<int> Sort(EventTable table)
    {
        var rows = Take(ref _rows, table.Rows);
        if (table.IsByExperiment)
        {
            SortByExperiment(table, rows);
        }
        else
        {
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = i;
            }

            SortByTime(table, rows);
        }

        return rows;
    }

    public void Dispose()
    {
        _experiments.Return();
        _ends.Return();
        _rows.Return();
    }

    private void SortByExperiment(EventTable table, Span<int> rows)
    {
        var experiments = Take(ref _experiments, rows.Length);
        Number(table, experiments);
        var ranks = Ranks();
        var ends = Take(ref _ends, ranks.Length + 1);
        ends.Clear();
        foreach (ref var experiment in experiments)
        {
            experiment = ranks[experiment];
            ends[experiment + 1]++;
        }

        for (var i = 1; i < ends.Length; i++)
        {
            ends[i] += ends[i - 1];
        }

        for (var row = 0; row < rows.Length; row++)
        {
            rows[ends[experiments[row]]++] = row;
        }

        var start = 0;
        for (var i = 0; i < ranks.Length; i++)
        {
            SortByTime(table, rows[start..ends[i]]);
            start = ends[i];
        }
    }

    /// <summary>Gives each row the number of its experiment, in the order in which they occur first.</summary>
    private void Number(EventTable table, Span<int> experiments)
    {
        _ids.Clear();
        _names.Clear();
        string? last = null;
        var id = -1;
        for (var row = 0; row < experiments.Length; row++)
        {
            // The column returns the same string for as long as the text is the same.
            var name = table.Experiment[row]!;
            if (!ReferenceEquals(name, last) && !_ids.TryGetValue(name, out id))
            {
                id = _names.Count;
                _ids.Add(name, id);
                _names.Add(name);
            }

            last = name;
            experiments[row] = id;
        }
    }

    private int[] Ranks()
    {
        var order = Enumerable.Range(0, _names.Count).ToArray();
        Array.Sort(order, (left, right) => string.CompareOrdinal(_names[left], _names[right]));
        var ranks = new int[order.Length];
        for (var rank = 0; rank < order.Length; rank++)
        {
            ranks[order[rank]] = rank;
        }

        return ranks;
    }

    private static void SortByTime(EventTable table, Span<int> rows)
    {
        var times = table.Time.Values;
        for (var i = 1; i < rows.Length; i++)
        {
            if (times[rows[i]] < times[rows[i - 1]])
            {
                rows.Sort(new ByTime(table.Time));
                return;
            }
        }
    }

    private static Span<int> Take(ref PooledArray<int> array, int length)
    {
        array.Clear();
        array.Free(length);
        array.Advance(length);
        return array.Span;
    }

    private readonly struct ByTime(ValueColumn<long> times) : IComparer<int>
    {
        public int Compare(int left, int right) =>
            times.Values[left].CompareTo(times.Values[right]) is var order && order != 0 ? order : left.CompareTo(right);
    }
}
