namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The table of one kind of event: its columns, in the order in which rows are written.</summary>
/// <param name="name">The table's name.</param>
/// <param name="columns">The columns that follow those of every table, with their types.</param>
internal abstract class EventTable(string name, params (string Name, string Type)[] columns)
{
    private static readonly (string Name, string Type)[] Common =
    [
        ("event_id", "uuid"), ("ts", "timestamptz"), ("experiment", "text"), ("schema_version", "text"), ("correlation_id", "text"), ("span_id", "text"),
        ("metadata", "jsonb"),
    ];

    private readonly (string Name, string Type)[] _columns = [.. Common, .. columns];

    public string Name => name;

    /// <summary>The names of the columns that are specific to this table.</summary>
    public IEnumerable<string> OwnColumns => _columns.Skip(Common.Length).Select(column => column.Name);

    /// <summary>The names of all columns, for a column list.</summary>
    public string ColumnNames => string.Join(", ", _columns.Select(column => column.Name));

    /// <summary>The names and types of all columns, for a table without constraints.</summary>
    public string ColumnDefinitions => string.Join(", ", _columns.Select(column => $"{column.Name} {column.Type}"));

    /// <summary>Writes the rows of an event: one, except for accounts.</summary>
    /// <param name="rows">The buffer.</param>
    /// <param name="envelope">The event, whose payload belongs in this table.</param>
    public abstract void Write(CopyBuffer rows, DataPlaneEnvelope envelope);

    /// <summary>Begins a row and writes the columns that every table has.</summary>
    protected void BeginRow(CopyBuffer rows, DataPlaneEnvelope envelope, string experiment)
    {
        rows.BeginRow(_columns.Length);
        rows.Uuid(envelope.EventId);
        rows.Time(envelope.Timestamp);
        rows.RequiredText(experiment, "experiment");
        rows.RequiredText(envelope.SchemaVersion, "schema_version");
        rows.Text(envelope.CorrelationId);
        rows.Text(envelope.SpanId);
        if (envelope.Metadata is { } metadata)
        {
            var json = rows.BeginJson();
            json.WriteStartObject();
            foreach (var (key, value) in metadata)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            rows.EndJson();
        }
        else
        {
            rows.Null();
        }
    }

    /// <summary>Writes two columns: the values and, if JSON does not distinguish them, their types.</summary>
    protected static void WriteValues(CopyBuffer rows, IReadOnlyDictionary<string, object?>? values)
    {
        if (values is null)
        {
            rows.Null();
            rows.Null();
            return;
        }

        // The type jsonb writes numbers without exponents, so that large ones look like integers.
        var canonical = AttributesJson.Canonical(values, out _);
        var isTyped = AttributesJson.WriteValues(rows.BeginJson(), canonical, keepsExponents: false);
        rows.EndJson();
        if (isTyped)
        {
            AttributesJson.WriteTypes(rows.BeginJson(), canonical, keepsExponents: false);
            rows.EndJson();
        }
        else
        {
            rows.Null();
        }
    }
}

/// <summary>The table of events with payloads of one type.</summary>
/// <inheritdoc cref="EventTable"/>
/// <typeparam name="TEvent">The type of the payloads.</typeparam>
internal abstract class EventTable<TEvent>(string name, params (string Name, string Type)[] columns) : EventTable(name, columns)
    where TEvent : DataPlaneEvent
{
    public sealed override void Write(CopyBuffer rows, DataPlaneEnvelope envelope) => Write(rows, envelope, (TEvent)envelope.Payload);

    protected abstract void Write(CopyBuffer rows, DataPlaneEnvelope envelope, TEvent source);
}
