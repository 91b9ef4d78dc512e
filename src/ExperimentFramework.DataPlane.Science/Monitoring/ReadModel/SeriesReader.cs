namespace ExperimentFramework.DataPlane.Science;

/// <summary>Creates a series from its copied intervals: fills intervals in which nothing happened, and adds shares and their bands. Runs outside the monitor's lock.</summary>
internal sealed class SeriesReader(SeriesCopy copy, IReadOnlyList<string> variants, IReadOnlyDictionary<string, AllocationPlan> plans)
{
    private const double BandLevel = SampleRatioQuestion.AlertLevel;
    private const int ShareDigits = 6;

    private readonly int _count = (int)(copy.Last - copy.First + 1);

    public ExperimentSeries Read()
    {
        var rows = Rows();
        return new ExperimentSeries
        {
            Start = new DateTimeOffset(Math.Min(copy.First * copy.Source.Width.Ticks, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero),
            Interval = copy.Source.Width,
            Runs = [.. rows.Select(static row => row.Row?.Run ?? 0)],
            Allocations = [.. rows.Select(static row => row.Row?.Version)],
            Exposures = [.. rows.Select(static row => row.IsOwn ? row.Row!.Value.Exposures : 0L)],
            LostExposures = [.. rows.Select(static row => row.IsOwn ? row.Row!.Value.Lost : 0L)],
            LogPValues = [.. rows.Select(static row => Rounded(row.Row?.LogPValue ?? 0))],
            LogEvidence = [.. rows.Select(static row => Rounded(row.Row?.LogEvidence ?? 0))],
            Variants = [.. copy.Columns.Select((_, variant) => Read(rows, variant))],
        };
    }

    private VariantSeries Read((SeriesRow? Row, int Index, bool IsOwn)[] rows, int variant)
    {
        var (exposures, newSubjects) = (new long[_count], new long[_count]);
        var (shares, planned, low, high) = (new double?[_count], new double?[_count], new double?[_count], new double?[_count]);
        (uint Count, uint Total, (double Low, double High) Band) latest = default;
        for (var interval = 0; interval < _count; interval++)
        {
            if (rows[interval] is not ({ } row, var index, var isOwn))
            {
                continue;
            }

            var cell = copy.Columns[variant][index];
            (exposures[interval], newSubjects[interval]) = isOwn ? (cell.Exposures, cell.NewSubjects) : (0, 0);
            planned[interval] = row.Version is { } version && plans.TryGetValue(version, out var plan) ? Rounded(plan.ShareOf(variant)) : null;
            if (row.Compared == 0)
            {
                continue;
            }

            if (latest.Total != row.Compared || latest.Count != cell.Compared)
            {
                latest = (cell.Compared, row.Compared, ShareConfidenceSequence.Interval(cell.Compared, row.Compared, BandLevel));
            }

            shares[interval] = Rounded((double)cell.Compared / row.Compared);
            (low[interval], high[interval]) = (Rounded(latest.Band.Low), Rounded(latest.Band.High));
        }

        return new VariantSeries(variants[variant], exposures, newSubjects, shares, planned, low, high);
    }

    /// <summary>Returns for each interval its own row, or the latest one before it.</summary>
    private (SeriesRow? Row, int Index, bool IsOwn)[] Rows()
    {
        var rows = new (SeriesRow?, int, bool)[_count];
        var next = 0;
        for (var interval = 0; interval < rows.Length; interval++)
        {
            var bucket = copy.First + interval;
            while (next < copy.Rows.Length && copy.Rows[next].Bucket <= bucket)
            {
                next++;
            }

            rows[interval] = next == 0 ? (null, -1, false) : (copy.Rows[next - 1], next - 1, copy.Rows[next - 1].Bucket == bucket);
        }

        return rows;
    }

    private static double Rounded(double value) => double.IsFinite(value) ? Math.Round(value, ShareDigits) : value;
}
