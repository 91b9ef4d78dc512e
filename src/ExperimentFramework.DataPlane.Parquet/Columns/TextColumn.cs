using ParquetSharp;
using ParquetSharp.Schema;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>A column of texts.</summary>
internal sealed class TextColumn(string name, string meaning, bool isOptional = false, bool isUnique = false, bool isJson = false) : Column(name, meaning)
{
    private readonly RecentTexts _recent = new();

    /// <summary>The texts.</summary>
    public TextBuffer Values { get; } = new();

    public override string? UniquePath => isUnique ? Name : null;

    /// <summary>Adds a string.</summary>
    /// <exception cref="ArgumentNullException">The string is null, but every row must have one.</exception>
    public void Add(string? text)
    {
        if (!isOptional)
        {
            ArgumentNullException.ThrowIfNull(text, Name);
        }

        Values.Add(text);
    }

    /// <summary>The text; null if there is none.</summary>
    public string? this[int row] => HasRecent ? _recent.Text(Values, row) : Values.Text(row);

    /// <summary>Whether texts repeat, so that it pays to remember the recent ones.</summary>
    private bool HasRecent => !isUnique && !isJson;

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

    public override void Read(RowGroupSource source) => source.Read<ByteArray>(Name, isOptional, AddValues, Values.AddNulls);

    public override void Clear()
    {
        Values.Clear();
        _recent.Clear();
    }

    private void AddValues(ReadOnlySpan<ByteArray> values)
    {
        if (!HasRecent)
        {
            foreach (var value in values)
            {
                Values.Add(TextBuffer.BytesOf(value));
            }

            return;
        }

        _recent.Add(Values, values);
    }
}
