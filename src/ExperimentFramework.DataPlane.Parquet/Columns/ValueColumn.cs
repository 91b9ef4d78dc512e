using ParquetSharp;
using ParquetSharp.Schema;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The physical type of a column of numbers, times or truth values, and what it means.</summary>
internal enum ValueType
{
    /// <summary>A double.</summary>
    Number,

    /// <summary>A whole number of 64 bits.</summary>
    Integer,

    /// <summary>A whole number of 32 bits.</summary>
    SmallInteger,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Microseconds since 1970 in UTC.</summary>
    Time,
}

/// <summary>A column of numbers, times or truth values.</summary>
internal sealed class ValueColumn<T>(string name, string meaning, ValueType type, bool isOptional = false, bool isAscending = false) : Column(name, meaning)
    where T : unmanaged
{
    private BlockList<T> _values = new();
    private BlockList<bool> _isSet = new();

    public override string? UniquePath => isAscending ? Name : null;

    public override bool IsAscending => isAscending;

    /// <summary>The value; null if there is none.</summary>
    public T? this[int row] => !isOptional || _isSet[row] ? _values[row] : null;

    /// <summary>The value of a column that has one in every row.</summary>
    public T ValueOf(int row) => _values[row];

    public int Count => _values.Count;

    public void Add(T value) => Add(value, isSet: true);

    public void Add(T? value) => Add(value.GetValueOrDefault(), value.HasValue);

    public override Node CreateNode()
    {
        using var logical = type switch
        {
            ValueType.Integer => LogicalType.Int(64, isSigned: true),
            ValueType.SmallInteger => LogicalType.Int(32, isSigned: true),
            ValueType.Time => LogicalType.Timestamp(isAdjustedToUtc: true, TimeUnit.Micros),
            _ => LogicalType.None(),
        };
        var physical = type switch
        {
            ValueType.Number => PhysicalType.Double,
            ValueType.SmallInteger => PhysicalType.Int32,
            ValueType.Boolean => PhysicalType.Boolean,
            _ => PhysicalType.Int64,
        };
        return new PrimitiveNode(Name, isOptional ? Repetition.Optional : Repetition.Required, logical, physical);
    }

    public override void Write(RowGroupWriter group, ReadOnlySpan<int> rows)
    {
        using var writer = (ColumnWriter<T>)group.NextColumn();
        using var values = new Rented<T>(rows.Length);
        var target = values.Span;
        if (!isOptional)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                target[i] = _values[rows[i]];
            }

            writer.WriteBatch(target);
            return;
        }

        using var levels = new Rented<short>(rows.Length);
        var definition = levels.Span;
        var count = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var isSet = _isSet[rows[i]];
            definition[i] = isSet ? (short)1 : (short)0;
            if (isSet)
            {
                target[count++] = _values[rows[i]];
            }
        }

        writer.WriteBatch(rows.Length, definition, default, target[..count]);
    }

    public override void Read(RowGroupSource source) => source.Read<T>(Name, isOptional, AddValues, AddUnset);

    public override void Clear()
    {
        _values.Clear(Pool);
        _isSet.Clear(Pool);
    }

    private void Add(T value, bool isSet)
    {
        _values.Add(value, Pool);
        if (isOptional)
        {
            _isSet.Add(isSet, Pool);
        }
    }

    private void AddValues(ReadOnlySpan<T> values)
    {
        foreach (var value in values)
        {
            _values.Add(value, Pool);
        }

        if (isOptional)
        {
            _isSet.AddRepeated(true, values.Length, Pool);
        }
    }

    private void AddUnset(int rows)
    {
        _values.AddRepeated(default, rows, Pool);
        if (isOptional)
        {
            _isSet.AddRepeated(false, rows, Pool);
        }
    }
}
