using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// Writes attributes as fields of a log record: <c>KeyValue</c> and <c>AnyValue</c> of opentelemetry-proto's <c>common/v1/common.proto</c>. Lengths are computed
/// before, so that nothing is moved.
/// </summary>
internal readonly struct LogRecordAttributes(ProtobufWriter writer, int field) : IAttributeVisitor
{
    /// <summary>The fields of <c>KeyValue</c>.</summary>
    private const int Key = 1;
    private const int ValueField = 2;

    private const int GuidLength = 36;

    /// <summary>The largest length that takes one byte.</summary>
    private const int MaxShort = 127;

    /// <summary>UTF-8 has at most three bytes for a UTF-16 character; four only for two of them.</summary>
    private const int MaxBytesOfCharacter = 3;

    /// <summary>Tag and length of a value, and of the text in it.</summary>
    private const int TextHead = 4;

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
        var head = name.Key.Length + TextHead;
        var longest = head + (MaxBytesOfCharacter * value.Length);
        if (longest <= MaxShort)
        {
            // All lengths take one byte, so they can be set when the text has been encoded.
            var room = writer.Room(2 + longest);
            SetShort(room, name, Encoding.UTF8.GetBytes(value, room[(2 + head)..]));
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        Begin(name, 1 + ProtobufWriter.VarintLength((ulong)length) + length);
        writer.Text(StringValue, value);
    }

    public void Id(AttributeName name, Guid value)
    {
        var head = name.Key.Length + TextHead;
        if (head + GuidLength <= MaxShort)
        {
            var room = writer.Room(2 + head + GuidLength);
            value.TryFormat(room[(2 + head)..], out var written);
            SetShort(room, name, written);
            return;
        }

        Text(name, value.ToString());
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
        var length = name.Key.Length + 1 + ProtobufWriter.VarintLength((ulong)valueLength) + valueLength;
        writer.AddLength(field, length, length);
        writer.Raw(name.Key);
        writer.AddLength(ValueField, valueLength, valueLength);
    }

    /// <summary>Completes an attribute whose text is in place, by writing everything before the text.</summary>
    private void SetShort(Span<byte> room, AttributeName name, int textLength)
    {
        var head = name.Key.Length + TextHead;
        room[0] = ProtobufWriter.LengthTag(field);
        room[1] = (byte)(head + textLength);
        name.Key.CopyTo(room[2..]);
        var value = room.Slice(2 + name.Key.Length, TextHead);
        value[0] = ProtobufWriter.LengthTag(ValueField);
        value[1] = (byte)(2 + textLength);
        value[2] = ProtobufWriter.LengthTag(StringValue);
        value[3] = (byte)textLength;
        writer.Length += 2 + head + textLength;
    }
}
