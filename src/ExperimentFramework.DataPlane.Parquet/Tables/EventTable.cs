namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The rows of one kind of event as columns: what a file is written from, and what it is read into.</summary>
/// <param name="name">The table's name, which is the name of its folder.</param>
internal abstract class EventTable(string name) : IDisposable
{
    private readonly UuidColumn _eventId = new("event_id", "The event's id, the same in every copy.", isUnique: true);
    private readonly TextColumn _schemaVersion = new("schema_version", "The version of the event's schema.");
    private readonly TextColumn _correlationId = new("correlation_id", "The trace id of the activity in which the event happened.", isOptional: true, isUnique: true);
    private readonly TextColumn _spanId = new("span_id", "The span id of the activity in which the event happened.", isOptional: true, isUnique: true);
    private readonly MapColumn _metadata = new("metadata", "Information about the delivery.");
    private ((int Start, int End) Entries, Dictionary<string, string> Map)? _latestMetadata;
    private readonly ValueColumn<int> _fraction = new("ts_100ns", "The steps of 100 ns by which the event was later than ts: 0 to 9.", ValueType.SmallInteger);

    public string Name => name;

    /// <summary>All columns, in the order of the file.</summary>
    public IReadOnlyList<Column> Columns => field ??= [_eventId, Time, Experiment, .. OwnColumns, _schemaVersion, _correlationId, _spanId, _metadata, _fraction, Exact.Column];

    /// <summary>The times of the rows, in microseconds since 1970.</summary>
    public ValueColumn<long> Time { get; } = new("ts", "When the event happened.", ValueType.Time, isAscending: true);

    /// <summary>The experiments of the rows.</summary>
    public TextColumn Experiment { get; } = new("experiment", "The experiment; * in events that belong to no single one.");

    public int Rows => Time.Count;

    /// <summary>The number of events: an account has several rows.</summary>
    public int Events { get; private set; }

    /// <summary>Whether rows of one experiment are kept together, rather than only rows of one time.</summary>
    public virtual bool IsByExperiment => true;

    protected ExactValues Exact { get; } = new();

    protected abstract IReadOnlyList<Column> OwnColumns { get; }

    /// <summary>Adds the rows of an event.</summary>
    protected abstract void AddRows(DataPlaneEnvelope envelope);

    /// <summary>Whether the event belongs in the table.</summary>
    public abstract bool Holds(DataPlaneEvent payload);

    /// <summary>Adds an event.</summary>
    public void Add(DataPlaneEnvelope envelope)
    {
        AddRows(envelope);
        Events++;
    }

    /// <summary>Reads the event that begins in a row.</summary>
    /// <param name="row">The row; on return, the row after the event.</param>
    public abstract DataPlaneEnvelope Read(ref int row);

    /// <summary>The time of a row, in steps of 100 ns since 1970.</summary>
    public long TicksOf(int row) => (Time.ValueOf(row) * TimeSpan.TicksPerMicrosecond) + _fraction.ValueOf(row);

    /// <summary>Whether an event begins in the row.</summary>
    public virtual bool StartsEvent(int row) => true;

    /// <summary>The first row at or after the given one that does not continue an event.</summary>
    public int EndOfEvent(int row)
    {
        while (row < Rows && !StartsEvent(row))
        {
            row++;
        }

        return row;
    }

    /// <summary>Whether each event is one row, so that rows can be read in parts.</summary>
    public virtual bool HasRowPerEvent => false;

    /// <summary>Replaces the rows with the next ones of a row group.</summary>
    public void Read(RowGroupSource source)
    {
        Clear();
        foreach (var column in Columns)
        {
            column.Read(source);
        }
    }

    public void Clear()
    {
        Events = 0;
        _latestMetadata = null;
        Exact.Reset();
        foreach (var column in Columns)
        {
            column.Clear();
        }
    }

    public void Dispose()
    {
        Exact.Dispose();
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns the memory that a table rents.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Adds a row to the columns that all tables have, except for the exact values.</summary>
    protected void AddCommon(DataPlaneEnvelope envelope, string experiment)
    {
        _eventId.Add(envelope.EventId);
        Time.Add(Microseconds.Of(envelope.Timestamp, out var fraction));
        _fraction.Add(fraction);
        Experiment.Add(experiment);
        _schemaVersion.Add(envelope.SchemaVersion);
        _correlationId.Add(envelope.CorrelationId);
        _spanId.Add(envelope.SpanId);
        _metadata.Add(envelope.Metadata);
    }

    /// <summary>Keeps the values of an event that differ from its envelope.</summary>
    protected void AddExactCommon(DataPlaneEnvelope envelope)
    {
        if (envelope.Payload.Timestamp != envelope.Timestamp)
        {
            Exact.Add("timestamp", envelope.Payload.Timestamp);
        }

        if (envelope.Payload.SchemaVersion != envelope.SchemaVersion)
        {
            Exact.Add("schemaVersion", envelope.Payload.SchemaVersion);
        }
    }

    protected Guid EventId(int row) => _eventId[row]!.Value;

    protected string SchemaVersion(int row) => Exact.Text(row, "schemaVersion") ?? _schemaVersion[row]!;

    protected DateTimeOffset Timestamp(int row) => Exact.Time(row, "timestamp") ?? EnvelopeTime(row);

    protected DataPlaneEnvelope Envelope(int row, DataPlaneEvent payload) => new()
    {
        EventId = EventId(row),
        Timestamp = EnvelopeTime(row),
        EventType = payload.EventType,
        SchemaVersion = _schemaVersion[row]!,
        CorrelationId = _correlationId[row],
        SpanId = _spanId[row],
        Metadata = Metadata(row),
        Payload = payload,
    };

    private DateTimeOffset EnvelopeTime(int row) => Microseconds.ToTime(Time[row]!.Value, _fraction[row]!.Value);

    /// <summary>The metadata of a row. Most rows have the same metadata as the previous row, such as the id of the pseudonym key, and share it.</summary>
    private Dictionary<string, string>? Metadata(int row)
    {
        if (_metadata[row] is not { } entries)
        {
            return null;
        }

        if (_latestMetadata is { } latest && _metadata.AreEqual(latest.Entries, entries))
        {
            return latest.Map;
        }

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = entries.Start; i < entries.End; i++)
        {
            metadata[_metadata.Keys.Text(i)!] = _metadata.Values.Text(i) ?? "";
        }

        _latestMetadata = (entries, metadata);
        return metadata;
    }
}
