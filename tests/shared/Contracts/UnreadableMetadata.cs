using System.Collections;

namespace ExperimentFramework.DataPlane;

/// <summary>Metadata that cannot be serialized.</summary>
internal sealed class UnreadableMetadata : IReadOnlyDictionary<string, string>
{
    public int Count => throw new InvalidOperationException();

    public IEnumerable<string> Keys => throw new InvalidOperationException();

    public IEnumerable<string> Values => throw new InvalidOperationException();

    public string this[string key] => throw new InvalidOperationException();

    public bool ContainsKey(string key) => throw new InvalidOperationException();

    public bool TryGetValue(string key, out string value) => throw new InvalidOperationException();

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => throw new InvalidOperationException();

    IEnumerator IEnumerable.GetEnumerator() => throw new InvalidOperationException();
}
