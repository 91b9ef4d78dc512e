using ParquetSharp;
using ParquetSharp.Schema;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>A column of UUIDs, in the byte order of RFC 9562, so that statistics and order are those of the text.</summary>
internal sealed class UuidColumn(string name, string meaning, bool isOptional = false, bool isUnique = false) : FixedColumn<Guid>(name, meaning, isOptional)
{
    private const int Size = RowGroupSource.IdBytes;

    public override string? UniquePath => isUnique ? Name : null;

    public override Node CreateNode()
    {
        using var type = LogicalType.Uuid();
        return new PrimitiveNode(Name, IsOptional ? Repetition.Optional : Repetition.Required, type, PhysicalType.FixedLenByteArray, Size);
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
                var isSet = IsSet(rows[i]);
                levels.Span[i] = isSet ? (short)1 : (short)0;
                if (isSet)
                {
                    ValueOf(rows[i]).TryWriteBytes(bigEndian.Span[(count * Size)..], bigEndian: true, out _);
                    pointers.Span[count] = new FixedLenByteArray((nint)(bytes + (count * Size)));
                    count++;
                }
            }

            writer.WriteBatch(rows.Length, IsOptional ? levels.Span : default, default, pointers.Span[..count]);
        }
    }

    public override void Read(RowGroupSource source) => source.Read<FixedLenByteArray>(Name, IsOptional, AddValues, AddUnset);

    private unsafe void AddValues(ReadOnlySpan<FixedLenByteArray> values)
    {
        foreach (var value in values)
        {
            AddValue(new Guid(new ReadOnlySpan<byte>((void*)value.Pointer, Size), bigEndian: true));
        }

        AddFlags(true, values.Length);
    }
}
