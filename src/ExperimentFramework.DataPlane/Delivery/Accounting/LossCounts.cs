namespace ExperimentFramework.DataPlane;

/// <summary>What was lost in front of one destination since a loss began: the data of the error event about it.</summary>
/// <param name="destination">The destination, or <c>pipeline</c>.</param>
/// <param name="drops">Counts dropped events.</param>
internal sealed class LossCounts(string destination, DropLedger drops)
{
    private Dictionary<DropLedger.Row, long> _before = [];

    /// <summary>The reasons of what was lost since the last loss ended.</summary>
    public IEnumerable<string> NewReasons => Totals().Where(row => row.Value > _before.GetValueOrDefault(row.Key)).Select(row => row.Key.Reason).Distinct();

    /// <summary>Returns the counts since the last loss ended, as the parallel arrays of <see cref="ErrorEvent.Data"/>, and all counts until now.</summary>
    public (IReadOnlyDictionary<string, object?>? Data, Dictionary<DropLedger.Row, long> Totals) Take()
    {
        var totals = Totals();
        var lost = totals
            .Select(row => (row.Key, Count: row.Value - _before.GetValueOrDefault(row.Key)))
            .Where(row => row.Count > 0)
            .GroupBy(row => (row.Key.Key, row.Key.Reason), row => row.Count)
            .Select(rows => (rows.Key.Key, rows.Key.Reason, Count: rows.Sum()))
            .OrderBy(row => row.Key.Experiment, StringComparer.Ordinal)
            .ThenBy(row => row.Key.Variant, StringComparer.Ordinal)
            .ThenBy(row => row.Key.EventType)
            .ThenBy(row => row.Reason, StringComparer.Ordinal)
            .ToArray();
        return (lost.Length == 0 ? null : new OwnData
        {
            ["experiment"] = lost.Select(row => row.Key.Experiment).ToArray(),
            ["variant"] = lost.Select(row => row.Key.Variant).ToArray(),
            ["eventType"] = lost.Select(row => row.Key.TypeName).ToArray(),
            ["reason"] = lost.Select(row => row.Reason).ToArray(),
            ["count"] = lost.Select(row => row.Count).ToArray(),
        }, totals);
    }

    /// <summary>Starts to count the next loss.</summary>
    /// <param name="totals">The counts that the event about the last one was made of.</param>
    public void Restart(Dictionary<DropLedger.Row, long> totals) => _before = totals;

    private Dictionary<DropLedger.Row, long> Totals() => drops.CountsOf(destination).Where(row => row.Row.IsPublished).ToDictionary(row => row.Row, row => row.Count);
}
