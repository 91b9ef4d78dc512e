using ParquetSharp;
using ParquetSharp.Schema;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>A column of maps from text to text. A map may be null or empty, and a value in it may be null.</summary>
internal sealed class MapColumn(string name, string meaning) : Column(name, meaning)
{
    private const string Entry = "key_value";
    private const string Key = "key";
    private const string Value = "value";

    // How much of the path is there.
    private const short NullMap = 0;
    private const short EmptyMap = 1;
    private const short NullValue = 2;
    private const short AllOfIt = 3;

    private BlockList<Entries> _rows = new();

    private readonly record struct Entries(int Start, int Count);

    public TextBuffer Keys { get; } = new();

    public TextBuffer Values { get; } = new();

    public void AddNull() => _rows.Add(new Entries(0, -1), Pool);

    /// <summary>Adds a map of the entries that were added to <see cref="Keys"/> and <see cref="Values"/> since the last one.</summary>
    public void Add(int firstEntry) => _rows.Add(new Entries(firstEntry, Keys.Count - firstEntry), Pool);

    public void Add(IReadOnlyDictionary<string, string>? map)
    {
        if (map is null)
        {
            AddNull();
            return;
        }

        var first = Keys.Count;
        foreach (var (key, value) in map)
        {
            Keys.Add(key);
            Values.Add(value);
        }

        Add(first);
    }

    /// <summary>The entries of a row, as places in <see cref="Keys"/> and <see cref="Values"/>; null if the map is null.</summary>
    public (int Start, int End)? this[int row] => _rows[row] is { Count: >= 0 } entries ? (entries.Start, entries.Start + entries.Count) : null;

    /// <summary>Whether the entries of two rows are equal, and in the same order.</summary>
    public bool AreEqual((int Start, int End) one, (int Start, int End) other)
    {
        if (one.End - one.Start != other.End - other.Start)
        {
            return false;
        }

        for (var (i, j) = (one.Start, other.Start); i < one.End; i++, j++)
        {
            if (!Keys[i].SequenceEqual(Keys[j]) || Values.IsNull(i) != Values.IsNull(j) || !Values[i].SequenceEqual(Values[j]))
            {
                return false;
            }
        }

        return true;
    }

    public override BlockPool Pool
    {
        get => base.Pool;
        set => base.Pool = Keys.Pool = Values.Pool = value;
    }

    public override Node CreateNode()
    {
        using var text = LogicalType.String();
        using var map = LogicalType.Map();
        using var key = new PrimitiveNode(Key, Repetition.Required, text, PhysicalType.ByteArray);
        using var value = new PrimitiveNode(Value, Repetition.Optional, text, PhysicalType.ByteArray);
        using var entry = new GroupNode(Entry, Repetition.Repeated, [key, value]);
        return new GroupNode(Name, Repetition.Optional, [entry], map);
    }

    public override void Write(RowGroupWriter group, ReadOnlySpan<int> rows)
    {
        var levels = 0;
        foreach (var row in rows)
        {
            levels += Math.Max(_rows[row].Count, 1);
        }

        using var definitionOfKeys = new Rented<short>(levels);
        using var definitionOfValues = new Rented<short>(levels);
        using var repetition = new Rented<short>(levels);
        using var places = new Rented<int>(levels);
        var level = 0;
        var entries = 0;
        foreach (var row in rows)
        {
            var (start, count) = _rows[row];
            if (count <= 0)
            {
                repetition.Span[level] = 0;
                definitionOfKeys.Span[level] = definitionOfValues.Span[level] = count < 0 ? NullMap : EmptyMap;
                level++;
            }

            for (var entry = 0; entry < count; entry++)
            {
                places.Span[entries++] = start + entry;
                repetition.Span[level] = entry == 0 ? (short)0 : (short)1;
                definitionOfKeys.Span[level] = NullValue;
                definitionOfValues.Span[level] = Values.IsNull(start + entry) ? NullValue : AllOfIt;
                level++;
            }
        }

        using (var keys = (ColumnWriter<ByteArray>)group.NextColumn())
        {
            Keys.Write(keys, levels, definitionOfKeys.Span, repetition.Span, places.Span[..entries]);
        }

        using var values = (ColumnWriter<ByteArray>)group.NextColumn();
        Values.Write(values, levels, definitionOfValues.Span, repetition.Span, places.Span[..entries]);
    }

    public override void Read(RowGroupSource source)
    {
        var keys = source.Open<ByteArray>($"{Name}.{Entry}.{Key}", isOptional: true);
        var values = source.Open<ByteArray>($"{Name}.{Entry}.{Value}", isOptional: true);
        if (keys is null || values is null)
        {
            for (var i = 0; i < source.Rows; i++)
            {
                AddNull();
            }

            return;
        }

        for (var row = 0; row < source.Rows && keys.MoveNext() && values.MoveNext(); row++)
        {
            if (keys.Definition == NullMap)
            {
                AddNull();
                continue;
            }

            var first = Keys.Count;
            AddEntry(keys, values);
            while (keys.RowContinues && keys.MoveNext() && values.MoveNext())
            {
                AddEntry(keys, values);
            }

            Add(first);
        }
    }

    public override void Clear()
    {
        Keys.Clear();
        Values.Clear();
        _rows.Clear(Pool);
    }

    private void AddEntry(LeafReader<ByteArray> keys, LeafReader<ByteArray> values)
    {
        if (!keys.IsSet)
        {
            return;
        }

        Keys.AddCurrent(keys);
        if (values.IsSet)
        {
            Values.AddCurrent(values);
        }
        else
        {
            Values.AddNull();
        }
    }
}
