namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The last intervals of one width. Nothing is written during an interval: its values are the differences between the counts at its end and at its start. An interval in which nothing happened takes no memory.
/// </summary>
/// <param name="width">The width of an interval.</param>
/// <param name="count">The number of intervals to keep, including the current one.</param>
internal sealed class SeriesBuckets(TimeSpan width, int count)
{
    /// <summary>The number of variants in a series. Further variants are not included.</summary>
    public const int MaxVariants = 16;

    private const int InitialCapacity = 8;

    private readonly List<SeriesCell[]> _columns = [];
    private SeriesRow[] _rows = [];
    private int _length;
    private long _running;
    private SeriesTotals? _before;

    /// <summary>The width of an interval.</summary>
    public TimeSpan Width => width;

    /// <summary>The first interval since the series began.</summary>
    public long First { get; private set; }

    /// <summary>Ends the current interval if its time is over.</summary>
    public void Advance(DateTimeOffset now, SeriesTotals totals)
    {
        var bucket = now.UtcTicks / width.Ticks;
        if (_before is null)
        {
            First = bucket;
        }
        else if (bucket <= _running)
        {
            return;
        }
        else if (HasChanged(_before, totals))
        {
            Append(RowOf(totals), totals);
        }

        _running = bucket;
        _before = totals;
    }

    /// <summary>Copies the intervals, oldest first, including the current one.</summary>
    public SeriesCopy Copy(SeriesTotals totals)
    {
        if (_before is null)
        {
            return new SeriesCopy(this, 0, -1, [], []);
        }

        SeriesCell[][] columns =
        [
            .. Enumerable.Range(0, Math.Min(MaxVariants, totals.Exposures.Length)).Select(variant =>
            {
                var cells = new SeriesCell[_length + 1];
                if (variant < _columns.Count)
                {
                    _columns[variant].AsSpan(0, _length).CopyTo(cells);
                }

                cells[^1] = CellOf(totals, variant);
                return cells;
            }),
        ];
        return new SeriesCopy(this, Math.Max(First, _running - count + 1), _running, [.. _rows.AsSpan(0, _length), RowOf(totals)], columns);
    }

    private void Append(SeriesRow row, SeriesTotals totals)
    {
        while (_columns.Count < Math.Min(MaxVariants, totals.Exposures.Length))
        {
            _columns.Add(new SeriesCell[_rows.Length]);
        }

        // The rows do not include the current interval.
        if (_length == count - 1)
        {
            Array.Copy(_rows, 1, _rows, 0, --_length);
            foreach (var column in _columns)
            {
                Array.Copy(column, 1, column, 0, _length);
            }
        }
        else if (_length == _rows.Length)
        {
            Grow(Math.Min(count - 1, Math.Max(InitialCapacity, _rows.Length * 2)));
        }

        _rows[_length] = row;
        for (var variant = 0; variant < _columns.Count; variant++)
        {
            _columns[variant][_length] = CellOf(totals, variant);
        }

        _length++;
    }

    private void Grow(int capacity)
    {
        Array.Resize(ref _rows, capacity);
        for (var variant = 0; variant < _columns.Count; variant++)
        {
            var cells = _columns[variant];
            Array.Resize(ref cells, capacity);
            _columns[variant] = cells;
        }
    }

    private SeriesRow RowOf(SeriesTotals totals) => new(
        _running, totals.Version, totals.Run, Capped(totals.Compared.Sum()), Difference(totals.Lost, _before!.Lost), (float)totals.LogPValue, (float)totals.LogEvidence,
        Difference(totals.AllExposures, _before!.AllExposures));

    private SeriesCell CellOf(SeriesTotals totals, int variant) => new(
        Difference(totals.Exposures[variant], At(_before!.Exposures, variant)),
        Difference(totals.Subjects[variant], totals.Run == _before.Run ? At(_before.Subjects, variant) : 0),
        Capped(totals.Compared[variant]));

    private static bool HasChanged(SeriesTotals before, SeriesTotals totals) =>
        before.Lost != totals.Lost || before.AllExposures != totals.AllExposures || before.LogEvidence != totals.LogEvidence || before.LogPValue != totals.LogPValue || before.Run != totals.Run || !before.Exposures.AsSpan().SequenceEqual(totals.Exposures);

    private static long At(long[] counts, int variant) => variant < counts.Length ? counts[variant] : 0;

    // A count falls when there are too many versions of the weights and the counts of one are dropped.
    private static uint Difference(long after, long before) => Capped(Math.Max(0, after - before));

    private static uint Capped(long count) => (uint)Math.Min(uint.MaxValue, count);
}

/// <summary>The intervals of a series, copied.</summary>
/// <param name="Source">The series.</param>
/// <param name="First">The first interval.</param>
/// <param name="Last">The current interval; less than <paramref name="First"/> if there is none.</param>
/// <param name="Rows">The intervals in which something changed, and the current one.</param>
/// <param name="Columns">Their counts, by variant.</param>
internal sealed record SeriesCopy(SeriesBuckets Source, long First, long Last, SeriesRow[] Rows, SeriesCell[][] Columns);
