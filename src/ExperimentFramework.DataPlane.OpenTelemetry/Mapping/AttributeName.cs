using System.Text;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The name of an attribute or event, encoded once.</summary>
internal sealed class AttributeName(string text)
{
    public string Text => text;

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(text);

    /// <summary>The name as field 1 of a Protocol Buffers message, which is the <c>key</c> of a <c>KeyValue</c>: the tag, the length as a varint, and the bytes.</summary>
    public byte[] Key => field ??= [0x0A, .. Varint(Utf8.Length), .. Utf8];

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            yield return (byte)(value | 0x80);
        }

        yield return (byte)value;
    }
}
