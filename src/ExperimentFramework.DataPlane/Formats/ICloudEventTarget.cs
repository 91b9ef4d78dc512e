using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Receives the attributes of a CloudEvent: as members of a JSON object, or as headers of a message.</summary>
internal interface ICloudEventTarget
{
    void Add(JsonEncodedText name, string value);

    void Add(JsonEncodedText name, ReadOnlySpan<byte> utf8Value);
}
