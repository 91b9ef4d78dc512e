using System.Text;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The name of an attribute or event, encoded once.</summary>
internal sealed class AttributeName(string text)
{
    public string Text => text;

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(text);

    /// <summary>The name as the field <c>key</c> of a <c>KeyValue</c>.</summary>
    public byte[] Key => field ??= ProtobufWriter.Field(LogRecordAttributes.Key, Utf8);
}
