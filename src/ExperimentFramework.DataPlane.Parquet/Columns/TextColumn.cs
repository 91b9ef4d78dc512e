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

    public string? this[int row] => _recent.Text(Values, row);

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
        var reader = source.Open<ByteArray>(Name, isOptional);
        for (var left = source.Rows; left > 0;)
        {
            ReadOnlySpan<ByteArray> values = [];
            var unset = reader?.TakeRun(left, out values) ?? left;
            if (isUnique || isJson)
            {
                foreach (var value in values)
                {
                    Values.Add(TextBuffer.BytesOf(value));
                }
            }
            else
            {
                _recent.Add(Values, values);
            }

            Values.AddNulls(unset);
            left -= values.Length + unset;
        }
    }

    public override void Clear()
    {
        Values.Clear();
        _recent.Clear();
    }
}
