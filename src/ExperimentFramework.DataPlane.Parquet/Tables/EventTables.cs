namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The tables of all kinds of events.</summary>
internal sealed class EventTables : IDisposable
{
    private static readonly Dictionary<string, ParquetAttributeType> NoAttributes = [];

    // An array, which is enumerated for each event without allocating.
    private readonly EventTable[] _all;

    /// <summary>Initializes tables without columns for single attributes.</summary>
    /// <param name="pool">The memory of the columns; null for separate memory.</param>
    public EventTables(BlockPool? pool = null)
        : this(NoAttributes, pool)
    {
    }

    /// <summary>Initializes tables.</summary>
    /// <param name="attributeColumns">The attributes that have their own column.</param>
    /// <param name="pool">The memory of the columns; null for separate memory.</param>
    public EventTables(IReadOnlyDictionary<string, ParquetAttributeType> attributeColumns, BlockPool? pool = null)
    {
        pool ??= new BlockPool();
        _all =
        [
            new ExposureTable(attributeColumns), new OutcomeTable(), new MetricTable(attributeColumns), new AssignmentTable(),
            new AnalysisSignalTable(), new ErrorTable(), new AccountTable(), new OtherEventTable(),
        ];
        foreach (var column in _all.SelectMany(table => table.Columns))
        {
            column.Pool = pool;
        }
    }

    public IReadOnlyList<EventTable> All => _all;

    /// <summary>The table that the event belongs in.</summary>
    public EventTable Of(DataPlaneEvent payload)
    {
        foreach (var table in _all)
        {
            if (table.Holds(payload))
            {
                return table;
            }
        }

        throw new EventRejectedException($"There is no table for events of the type {payload.GetType().Name}.");
    }

    public void Clear()
    {
        foreach (var table in _all)
        {
            table.Clear();
        }
    }

    public void Dispose()
    {
        foreach (var table in _all)
        {
            table.Clear();
            table.Dispose();
        }
    }
}
