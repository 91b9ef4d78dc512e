namespace ExperimentFramework.DataPlane;

/// <summary>Counts the queries to a store, by result.</summary>
internal sealed class StoreCallCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<Outcome>().Length];

    /// <summary>The number of failed queries, of every kind.</summary>
    public long Faults => Of(Outcome.Timeout) + Of(Outcome.Unreachable) + Of(Outcome.Fault);

    /// <summary>The counts, by diagnostic name.</summary>
    public IEnumerable<KeyValuePair<string, object>> Numbers => Rows.Select(row => KeyValuePair.Create($"asks_{row.Result}", (object)row.Count));

    /// <summary>The counts, by result as reported in metrics.</summary>
    public IEnumerable<(string Result, long Count)> Rows =>
    [
        ("answered", Of(Outcome.Answered)),
        ("timeout", Of(Outcome.Timeout)),
        ("unreachable", Of(Outcome.Unreachable)),
        ("fault", Of(Outcome.Fault)),
        ("skipped", Of(Outcome.Skipped)),
    ];

    public void Count(Outcome result) => Interlocked.Increment(ref _counts[(int)result]);

    private long Of(Outcome result) => Volatile.Read(ref _counts[(int)result]);

    /// <summary>The result of a query.</summary>
    internal enum Outcome
    {
        /// <summary>The store answered.</summary>
        Answered,

        /// <summary>The store did not answer in time.</summary>
        Timeout,

        /// <summary>The store is unreachable.</summary>
        Unreachable,

        /// <summary>The store failed for this subject.</summary>
        Fault,

        /// <summary>The store was not queried, because the circuit is open.</summary>
        Skipped,
    }
}
