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
        var events = new List<(long Ticks, int Row)>(table.Rows);
        var ends = new List<int>();
        for (var row = 0; row < table.Rows; row++)
        {
            if (!table.StartsEvent(row))
            {
                continue;
            }

            var ticks = table.TicksOf(row);
            if (events.Count > 0 && ticks < events[^1].Ticks)
            {
                ends.Add(events.Count);
            }

            events.Add((ticks, row));
        }

        ends.Add(events.Count);
        var sorted = events.ToArray();
        MergeAll(sorted, ends);
        return Array.ConvertAll(sorted, static one => one.Row);
    }

    /// <summary>Merges neighbouring parts, which are in order, until only one is left.</summary>
    private static void MergeAll((long Ticks, int Row)[] events, List<int> ends)
    {
        var (from, to) = (events, ends.Count > 1 ? new (long, int)[events.Length] : []);
        while (ends.Count > 1)
        {
            var merged = new List<int>((ends.Count + 1) / 2);
            var start = 0;
            for (var part = 0; part < ends.Count; part += 2)
            {
                var end = ends[Math.Min(part + 1, ends.Count - 1)];
                Merge(from.AsSpan(start, ends[part] - start), from.AsSpan(ends[part], end - ends[part]), to.AsSpan(start, end - start));
                merged.Add(end);
                start = end;
            }

            (from, to, ends) = (to, from, merged);
        }

        if (from != events)
        {
            from.CopyTo(events, 0);
        }
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
