using System.Text;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The name of an attribute or event, encoded once.</summary>
internal sealed class AttributeName(string text)
{
    public string Text => text;

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(text);
}
