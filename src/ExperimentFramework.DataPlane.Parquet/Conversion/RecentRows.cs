namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// The events of the current journal file as columns, so that its conversion does not have to read it. They are only a shortcut: if they might not be
/// exactly what is in the file, the file is read. Never waits: one caller at a time may <see cref="TryEnter"/>, writes to the journal or finishes its file, and does the same here, so that rows never
/// belong to another file than their lines do. Events that others write in the meantime are only in the file.
/// </summary>
/// <param name="attributeColumns">The attributes that have their own column.</param>
internal sealed class RecentRows(IReadOnlyDictionary<string, ParquetAttributeType> attributeColumns) : IDisposable
{
    private readonly Lock _lock = new();
    private EventTables? _current;
    private (string Name, EventTables Tables)? _sealed;
    private EventTables? _taken;
    private EventTables? _idle;
    private int _isBusy;
    private bool _isInexact;
    private bool _isDisposed;

    /// <summary>The memory of the rows. A conversion returns the memory of written rows while the next rows are added.</summary>
    public BlockPool Pool { get; } = new();

    /// <summary>Makes the caller the only one that writes to the journal file and its rows, or finishes it.</summary>
    /// <returns>False if there already is one.</returns>
    public bool TryEnter() => Interlocked.Exchange(ref _isBusy, 1) == 0;

    /// <summary>Ends what <see cref="TryEnter"/> began.</summary>
    public void Exit() => Volatile.Write(ref _isBusy, 0);

    /// <summary>Adds the events of a batch that the caller has written to the journal. Call <see cref="TryEnter"/> before they are written.</summary>
    public void Add(IReadOnlyList<DataPlaneEnvelope> envelopes, BatchResult result)
    {
        if (_isInexact)
        {
            return;
        }

        try
        {
            _current ??= Rent();
            for (var i = 0; i < envelopes.Count; i++)
            {
                if (result[i] == DeliveryStatus.Delivered)
                {
                    _current.Of(envelopes[i].Payload).Add(envelopes[i]);
                }
            }
        }
        catch (Exception)
        {
            // Reading an event runs application code. Everything that was written as JSON is in the journal.
            _isInexact = true;
        }
    }

    /// <summary>Keeps the rows for the conversion of the file that the caller finishes, and starts with no rows. Call <see cref="TryEnter"/> first.</summary>
    public void Seal(string? name)
    {
        var tables = _current;
        var isExact = !_isInexact && name is not null;
        (_current, _isInexact) = (null, false);
        if (tables is null)
        {
            return;
        }

        if (!isExact)
        {
            Release(tables);
            return;
        }

        EventTables? unused;
        lock (_lock)
        {
            // A conversion that has fallen behind reads the files: memory is limited to the rows of one file, besides those being added.
            (unused, _sealed) = _taken is null ? (_sealed?.Tables, (name!, tables)) : (tables, _sealed);
        }

        if (unused is not null)
        {
            Release(unused);
        }
    }

    /// <summary>Takes the rows of a finished file.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="events">The number of events in it.</param>
    /// <returns>Null if there are none, or not exactly those.</returns>
    public EventTables? Take(string name, long events)
    {
        EventTables? tables = null;
        lock (_lock)
        {
            if (_sealed is { } rows && rows.Name == name)
            {
                (tables, _sealed) = (rows.Tables, null);
                _taken = tables;
            }
        }

        if (tables is not null && tables.All.Sum(table => (long)table.Events) != events)
        {
            Release(tables);
            tables = null;
        }

        return tables;
    }

    /// <summary>Gives back rows that are no longer needed.</summary>
    public void Release(EventTables tables)
    {
        tables.Clear();
        lock (_lock)
        {
            _taken = ReferenceEquals(_taken, tables) ? null : _taken;
            if (_idle is null && !_isDisposed)
            {
                _idle = tables;
                return;
            }
        }

        tables.Dispose();
    }

    public void Dispose()
    {
        EventTables?[] unused;
        lock (_lock)
        {
            _isDisposed = true;
            unused = [_idle, _sealed?.Tables];
            (_idle, _sealed) = (null, null);
        }

        foreach (var tables in unused)
        {
            tables?.Dispose();
        }

        // Rows that are being filled are left to the garbage collector, because a call may still add to them.
    }

    private EventTables Rent()
    {
        lock (_lock)
        {
            if (_idle is { } tables)
            {
                _idle = null;
                return tables;
            }
        }

        return new EventTables(attributeColumns, Pool);
    }
}
