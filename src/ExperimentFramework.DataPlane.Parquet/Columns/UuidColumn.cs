using ParquetSharp;
using ParquetSharp.Schema;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>A column of UUIDs, in the byte order of RFC 9562, so that statistics and order are those of the text.</summary>
internal sealed class UuidColumn(string name, string meaning, bool isOptional = false, bool isUnique = false) : Column(name, meaning)
{
    private const int Size = 16;

    private BlockList<Guid> _values = new();
    private BlockList<bool> _isSet = new();

    public override string? UniquePath => isUnique ? Name : null;

    /// <summary>The id; null if there is none.</summary>
    public Guid? this[int row] => !isOptional || _isSet[row] ? _values[row] : null;

    public void Add(Guid? value)
    {
        _values.Add(value.GetValueOrDefault(), Pool);
        if (isOptional)
        {
            _isSet.Add(value.HasValue, Pool);
        }
    }

    public override Node CreateNode()
    {
        using var type = LogicalType.Uuid();
        return new PrimitiveNode(Name, isOptional ? Repetition.Optional : Repetition.Required, type, PhysicalType.FixedLenByteArray, Size);
    }

    public override unsafe void Write(RowGroupWriter group, ReadOnlySpan<int> rows)
    {
        using var writer = (ColumnWriter<FixedLenByteArray>)group.NextColumn();
        using var bigEndian = new Rented<byte>(rows.Length * Size);
        using var pointers = new Rented<FixedLenByteArray>(rows.Length);
        using var levels = new Rented<short>(rows.Length);
        var count = 0;
        fixed (byte* bytes = bigEndian.Span)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var isSet = !isOptional || _isSet[rows[i]];
                levels.Span[i] = isSet ? (short)1 : (short)0;
                if (isSet)
                {
                    _values[rows[i]].TryWriteBytes(bigEndian.Span[(count * Size)..], bigEndian: true, out _);
                    pointers.Span[count] = new FixedLenByteArray((nint)(bytes + (count * Size)));
                    count++;
                }
            }

            writer.WriteBatch(rows.Length, isOptional ? levels.Span : default, default, pointers.Span[..count]);
        }
    }

    public override void Read(RowGroupSource source) => source.Read<FixedLenByteArray>(Name, isOptional, AddValues, AddUnset);

    public override void Clear()
    {
        _values.Clear(Pool);
        _isSet.Clear(Pool);
    }

    private unsafe void AddValues(ReadOnlySpan<FixedLenByteArray> values)
    {
        foreach (var value in values)
        {
            _values.Add(new Guid(new ReadOnlySpan<byte>((void*)value.Pointer, Size), bigEndian: true), Pool);
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
