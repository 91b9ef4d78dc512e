namespace ExperimentFramework.DataPlane;

/// <summary>Counts what was lost in front of one destination since the last loss ended.</summary>
/// <param name="destination">The destination, or <c>pipeline</c>.</param>
/// <param name="drops">Counts dropped events.</param>
internal sealed class LossCounts(string destination, DropLedger drops)
{
    private Dictionary<DropLedger.Row, long> _before = [];

    /// <summary>Returns the counts until now.</summary>
    public Snapshot Take()
    {
        var totals = drops.CountsOf(destination).Where(row => row.Row.IsPublished).ToDictionary(row => row.Row, row => row.Count);
        var lost = totals
            .Select(row => (row.Key, Count: row.Value - _before.GetValueOrDefault(row.Key)))
            .Where(row => row.Count > 0)
            .GroupBy(row => (row.Key.Key, row.Key.Reason), row => row.Count)
            .Select(rows => new Row(rows.Key.Key, rows.Key.Reason, rows.Sum()))
            .OrderBy(row => row.Key.Experiment, StringComparer.Ordinal)
            .ThenBy(row => row.Key.Variant, StringComparer.Ordinal)
            .ThenBy(row => row.Key.EventType)
            .ThenBy(row => row.Reason, StringComparer.Ordinal);
        return new Snapshot([.. lost], totals);
    }

    /// <summary>Starts to count the next loss.</summary>
    /// <param name="last">The counts in the event about the end of the last one.</param>
    public void Restart(Snapshot last) => _before = last.Totals;

    /// <summary>A number of lost events.</summary>
    /// <param name="Key">The experiment, the variant and the event type.</param>
    /// <param name="Reason">One of <see cref="DropReasons"/>.</param>
    /// <param name="Count">The number of events.</param>
    internal sealed record Row(EventKey Key, string Reason, long Count);

    /// <summary>The counts at one time.</summary>
    /// <param name="Lost">What was lost since the last loss ended.</param>
    /// <param name="Totals">What was lost since the start.</param>
    internal sealed record Snapshot(Row[] Lost, Dictionary<DropLedger.Row, long> Totals)
    {
        /// <summary>Gets the reasons.</summary>
        public IEnumerable<string> Reasons => Lost.Select(row => row.Reason).Distinct();

        /// <summary>Gets the counts by reason, as text.</summary>
        public string Text => string.Join(
            ", ", Lost.GroupBy(row => row.Reason).OrderBy(rows => rows.Key, StringComparer.Ordinal).Select(rows => $"{rows.Sum(row => row.Count)} {rows.Key}"));

        /// <summary>Gets the counts as the parallel arrays of <see cref="ErrorEvent.Data"/>.</summary>
        public IReadOnlyDictionary<string, object?>? Data => Lost.Length == 0 ? null : new OwnData
        {
            ["experiment"] = Lost.Select(row => row.Key.Experiment).ToArray(),
            ["variant"] = Lost.Select(row => row.Key.Variant).ToArray(),
            ["eventType"] = Lost.Select(row => row.Key.TypeName).ToArray(),
            ["reason"] = Lost.Select(row => row.Reason).ToArray(),
            ["count"] = Lost.Select(row => row.Count).ToArray(),
        };
    }
}
