using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// Writes attributes as fields of a log record: <c>KeyValue</c> and <c>AnyValue</c> of opentelemetry-proto's <c>common/v1/common.proto</c>. Lengths are computed
/// before, so that nothing is moved.
/// </summary>
internal readonly struct LogRecordAttributes(ProtobufWriter writer, int field) : IAttributeVisitor
{
    private const int Key = 1;
    private const int ValueField = 2;
    private const int GuidLength = 36;

    /// <summary>The fields of <c>AnyValue</c>.</summary>
    private const int StringValue = 1;
    private const int BoolValue = 2;
    private const int IntValue = 3;
    private const int DoubleValue = 4;
    private const int ArrayValue = 5;
    private const int MapValue = 6;

    /// <summary>The repeated field of <c>ArrayValue</c> and <c>KeyValueList</c>.</summary>
    private const int Items = 1;

    public void Text(AttributeName name, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Begin(name, 1 + ProtobufWriter.VarintLength((ulong)length) + length);
        writer.Text(StringValue, value);
    }

    public void Id(AttributeName name, Guid value)
    {
        Span<byte> text = stackalloc byte[GuidLength];
        value.TryFormat(text, out var length);
        Begin(name, 2 + length);
        writer.Bytes(StringValue, text[..length]);
    }

    public void Boolean(AttributeName name, bool value)
    {
        Begin(name, 2);
        writer.Varint(BoolValue, value ? 1UL : 0);
    }

    public void Integer(AttributeName name, long value)
    {
        Begin(name, 1 + ProtobufWriter.VarintLength((ulong)value));
        writer.Varint(IntValue, (ulong)value);
    }

    public void Number(AttributeName name, double value)
    {
        Begin(name, 1 + sizeof(double));
        writer.Fixed64(DoubleValue, BitConverter.DoubleToUInt64Bits(value));
    }

    public void Value(AttributeName prefix, string name, object value)
    {
        var attribute = writer.Begin(field);
        var length = prefix.Utf8.Length + Encoding.UTF8.GetByteCount(name);
        writer.AddLength(Key, length, length);
        writer.Raw(prefix.Utf8);
        writer.Raw(name);
        AnyValue(ValueField, value);
        writer.End(attribute);
    }

    /// <summary>Writes a value in a field that holds an <c>AnyValue</c>.</summary>
    /// <param name="anyField">The field.</param>
    /// <param name="value">One of the types of <see cref="AttributeValue"/>; null for a value that is not set.</param>
    public void AnyValue(int anyField, object? value)
    {
        var start = writer.Begin(anyField);
        switch (value)
        {
            case null:
                break;
            case string text:
                writer.Text(StringValue, text);
                break;
            case bool boolean:
                writer.Varint(BoolValue, boolean ? 1UL : 0);
                break;
            case long number:
                writer.Varint(IntValue, (ulong)number);
                break;
            case double number:
                writer.Fixed64(DoubleValue, BitConverter.DoubleToUInt64Bits(number));
                break;
            case Array array:
                Array(array);
                break;
            case Dictionary<string, object> map:
                Map(map);
                break;
            default:
                writer.Text(StringValue, System.Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                break;
        }

        writer.End(start);
    }

    private void Array(Array array)
    {
        var start = writer.Begin(ArrayValue);
        foreach (var item in array)
        {
            AnyValue(Items, item);
        }

        writer.End(start);
    }

    private void Map(Dictionary<string, object> map)
    {
        var start = writer.Begin(MapValue);
        foreach (var (name, value) in map)
        {
            var entry = writer.Begin(Items);
            writer.Text(Key, name);
            AnyValue(ValueField, value);
            writer.End(entry);
        }

        writer.End(start);
    }

    /// <summary>Begins an attribute whose value has a known length.</summary>
    private void Begin(AttributeName name, int valueLength)
    {
        var nameLength = name.Utf8.Length;
        var length = 1 + ProtobufWriter.VarintLength((ulong)nameLength) + nameLength + 1 + ProtobufWriter.VarintLength((ulong)valueLength) + valueLength;
        writer.AddLength(field, length, length);
        writer.Bytes(Key, name.Utf8);
        writer.AddLength(ValueField, valueLength, valueLength);
    }
}
