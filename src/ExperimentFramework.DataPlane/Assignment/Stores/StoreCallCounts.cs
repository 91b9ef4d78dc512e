namespace ExperimentFramework.DataPlane;

/// <summary>Counts what was asked of a store, by result.</summary>
internal sealed class StoreCallCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<Outcome>().Length];

    /// <summary>Questions without an answer, of every kind.</summary>
    public long Faults => Of(Outcome.Timeout) + Of(Outcome.Unreachable) + Of(Outcome.Fault);

    /// <summary>The counts, by the name of the result.</summary>
    public IEnumerable<KeyValuePair<string, object>> Numbers => Rows.Select(row => KeyValuePair.Create($"asks_{row.Result}", (object)row.Count));

    /// <summary>The counts, by the result as instruments name it.</summary>
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

    /// <summary>What came of a question.</summary>
    internal enum Outcome
    {
        /// <summary>It was answered.</summary>
        Answered,

        /// <summary>No answer came in time.</summary>
        Timeout,

        /// <summary>The store said that it cannot be used.</summary>
        Unreachable,

        /// <summary>The store could not answer for this subject.</summary>
        Fault,

        /// <summary>It was not asked, because the store is left alone.</summary>
        Skipped,
    }
}
