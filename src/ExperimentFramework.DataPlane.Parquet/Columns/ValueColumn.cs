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
internal sealed class ValueColumn<T>(string name, string meaning, ValueType type, bool isOptional = false, bool isAscending = false) : FixedColumn<T>(name, meaning, isOptional)
    where T : unmanaged
{
    public override string? UniquePath => isAscending ? Name : null;

    public override bool IsAscending => isAscending;

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
        return new PrimitiveNode(Name, IsOptional ? Repetition.Optional : Repetition.Required, logical, physical);
    }

    public override void Write(RowGroupWriter group, ReadOnlySpan<int> rows)
    {
        using var writer = (ColumnWriter<T>)group.NextColumn();
        using var values = new Rented<T>(rows.Length);
        var target = values.Span;
        if (!IsOptional)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                target[i] = ValueOf(rows[i]);
            }

            writer.WriteBatch(target);
            return;
        }

        using var levels = new Rented<short>(rows.Length);
        var definition = levels.Span;
        var count = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var isSet = IsSet(rows[i]);
            definition[i] = isSet ? (short)1 : (short)0;
            if (isSet)
            {
                target[count++] = ValueOf(rows[i]);
            }
        }

        writer.WriteBatch(rows.Length, definition, default, target[..count]);
    }

    public override void Read(RowGroupSource source) => source.Read<T>(Name, IsOptional, AddValues, AddUnset);

    private void AddValues(ReadOnlySpan<T> values)
    {
        foreach (var value in values)
        {
            AddValue(value);
        }

        AddFlags(true, values.Length);
    }
}
