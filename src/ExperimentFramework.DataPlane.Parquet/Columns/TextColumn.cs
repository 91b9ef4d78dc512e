using ParquetSharp;
using ParquetSharp.Schema;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>A column of texts.</summary>
internal sealed class TextColumn(string name, string meaning, bool isOptional = false, bool isUnique = false, bool isJson = false) : Column(name, meaning)
{
    private RecentTexts? _recent;

    public TextBuffer Values { get; } = new();

    public override string? UniquePath => isUnique ? Name : null;

    /// <summary>Adds a text.</summary>
    /// <exception cref="ArgumentNullException">The text is null, and every row has one.</exception>
    public void Add(string? text)
    {
        if (!isOptional)
        {
            ArgumentNullException.ThrowIfNull(text, Name);
        }

        Values.Add(text);
    }

    public string? this[int row] => _recent is null ? Values.Text(row) : _recent[row];

    public override BlockPool Pool
    {
        get => Values.Pool;
        set => Values.Pool = value;
    }

    public override Node CreateNode()
    {
        using var type = isJson ? LogicalType.Json() : LogicalType.String();
        return new PrimitiveNode(Name, isOptional ? Repetition.Optional : Repetition.Required, type, PhysicalType.ByteArray);
    }

    public override void Write(RowGroupWriter group, ReadOnlySpan<int> rows)
    {
        using var writer = (ColumnWriter<ByteArray>)group.NextColumn();
        if (!isOptional)
        {
            Values.Write(writer, rows.Length, default, default, rows);
            return;
        }

        using var levels = new Rented<short>(rows.Length);
        var definition = levels.Span;
        for (var i = 0; i < rows.Length; i++)
        {
            definition[i] = Values.IsNull(rows[i]) ? (short)0 : (short)1;
        }

        Values.Write(writer, rows.Length, definition, default, rows);
    }

    public override void Read(RowGroupSource source)
    {
        using var reader = source.Open<ByteArray>(Name, isOptional);
        _recent ??= isUnique ? null : new RecentTexts(Values);
        for (var i = 0; i < source.Rows; i++)
        {
            if (reader is null || !reader.MoveNext() || !reader.IsSet)
            {
                Values.AddNull();
            }
            else if (_recent is null)
            {
                Values.AddCurrent(reader);
            }
            else
            {
                _recent.Add(TextBuffer.BytesOf(reader.Value));
            }
        }
    }

    public override void Clear()
    {
        Values.Clear();
        _recent?.Clear();
    }
}
