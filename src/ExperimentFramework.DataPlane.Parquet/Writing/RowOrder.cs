using System.Text;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// The rows of a table by experiment and time, so that a query for an experiment or a time reads few row groups. Rows that are equal in both keep their order, so a
/// repeated conversion creates the same file.
/// </summary>
internal sealed class RowOrder
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<byte[]> _names = [];
    private GrowingArray<int> _experiments = new();
    private GrowingArray<int> _ends = new();
    private GrowingArray<int> _rows = new();

    /// <summary>Sorts rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <returns>The rows in their order, valid until the next call.</returns>
    public ReadOnlySpan<int> Sort(EventTable table, int first, int count)
    {
        var rows = _rows.Take(count);
        if (table.IsByExperiment)
        {
            SortByExperiment(table, first, rows);
        }
        else
        {
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = first + i;
            }

            SortByTime(table, rows);
        }

        return rows;
    }

    private void SortByExperiment(EventTable table, int first, Span<int> rows)
    {
        var experiments = _experiments.Take(rows.Length);
        Number(table, first, experiments);
        var ranks = Ranks();
        var ends = _ends.Take(ranks.Length + 1);
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

        for (var i = 0; i < rows.Length; i++)
        {
            rows[ends[experiments[i]]++] = first + i;
        }

        var start = 0;
        for (var i = 0; i < ranks.Length; i++)
        {
            SortByTime(table, rows[start..ends[i]]);
            start = ends[i];
        }
    }

    /// <summary>Gives each row the number of its experiment, in the order in which they occur first.</summary>
    private void Number(EventTable table, int first, Span<int> experiments)
    {
        _ids.Clear();
        _names.Clear();
        var names = table.Experiment.Values;
        for (var i = 0; i < experiments.Length; i++)
        {
            if (i > 0 && names.IsSameAsBefore(first + i))
            {
                experiments[i] = experiments[i - 1];
                continue;
            }

            experiments[i] = IdOf(names[first + i]);
        }
    }

    private int IdOf(ReadOnlySpan<byte> utf8)
    {
        // The names of experiments are short, and a string for each row would be most of what a conversion allocates.
        Span<char> chars = stackalloc char[256];
        ReadOnlySpan<char> name = utf8.Length <= chars.Length ? chars[..Encoding.UTF8.GetChars(utf8, chars)] : Encoding.UTF8.GetString(utf8);
        var ids = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!ids.TryGetValue(name, out var id))
        {
            id = _names.Count;
            _names.Add(utf8.ToArray());
            _ids.Add(name.ToString(), id);
        }

        return id;
    }

    private int[] Ranks()
    {
        var order = Enumerable.Range(0, _names.Count).ToArray();
        Array.Sort(order, (left, right) => _names[left].AsSpan().SequenceCompareTo(_names[right]));
        var ranks = new int[order.Length];
        for (var rank = 0; rank < order.Length; rank++)
        {
            ranks[order[rank]] = rank;
        }

        return ranks;
    }

    private static void SortByTime(EventTable table, Span<int> rows)
    {
        var times = table.Time;
        for (var i = 1; i < rows.Length; i++)
        {
            if (times.ValueOf(rows[i]) < times.ValueOf(rows[i - 1]))
            {
                rows.Sort(new ByTime(times));
                return;
            }
        }
    }

    private readonly struct ByTime(ValueColumn<long> times) : IComparer<int>
    {
        public int Compare(int left, int right) =>
            times.ValueOf(left).CompareTo(times.ValueOf(right)) is var order && order != 0 ? order : left.CompareTo(right);
    }
}
