namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// The rows in which events begin, by time. Rows with equal times keep their order. Rows are in order except at a few places, because the destination sorts them by experiment first: the parts between these places are
/// merged, which is faster than sorting.
/// </summary>
internal static class RowsByTime
{
    /// <summary>Sorts the rows of a table.</summary>
    public static int[] Of(EventTable table)
    {
        using var events = new Rented<(long Ticks, int Row)>(table.Rows);
        var count = 0;
        var ends = new List<int>();
        for (var row = 0; row < table.Rows; row++)
        {
            if (!table.StartsEvent(row))
            {
                continue;
            }

            var ticks = table.TicksOf(row);
            if (count > 0 && ticks < events.Span[count - 1].Ticks)
            {
                ends.Add(count);
            }

            events.Span[count++] = (ticks, row);
        }

        ends.Add(count);
        using var merged = new Rented<(long Ticks, int Row)>(ends.Count > 1 ? count : 0);
        var sorted = MergeAll(events.Span[..count], merged.Span, ends);
        var rows = new int[count];
        for (var index = 0; index < rows.Length; index++)
        {
            rows[index] = sorted[index].Row;
        }

        return rows;
    }

    /// <summary>Merges neighbouring parts, which are in order, until only one is left.</summary>
    /// <returns>One of both, with the events in order.</returns>
    private static Span<(long Ticks, int Row)> MergeAll(Span<(long Ticks, int Row)> from, Span<(long Ticks, int Row)> to, List<int> ends)
    {
        while (ends.Count > 1)
        {
            var merged = new List<int>((ends.Count + 1) / 2);
            var start = 0;
            for (var part = 0; part < ends.Count; part += 2)
            {
                var end = ends[Math.Min(part + 1, ends.Count - 1)];
                Merge(from[start..ends[part]], from[ends[part]..end], to[start..end]);
                merged.Add(end);
                start = end;
            }

            var before = from;
            from = to;
            to = before;
            ends = merged;
        }

        return from;
    }

    private static void Merge(ReadOnlySpan<(long Ticks, int Row)> first, ReadOnlySpan<(long Ticks, int Row)> second, Span<(long Ticks, int Row)> target)
    {
        var (left, right) = (0, 0);
        while (left < first.Length && right < second.Length)
        {
            target[left + right] = second[right].Ticks < first[left].Ticks ? second[right++] : first[left++];
        }

        first[left..].CopyTo(target[(left + right)..]);
        second[right..].CopyTo(target[(first.Length + right)..]);
    }
}
