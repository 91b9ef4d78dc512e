using System.Collections;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Attributes that throw when they are read.</summary>
internal sealed class ThrowingAttributes : IReadOnlyDictionary<string, object?>
{
    public int Count => 1;

    public IEnumerable<string> Keys => throw new NotSupportedException();

    public IEnumerable<object?> Values => throw new NotSupportedException();

    public object? this[string key] => throw new NotSupportedException();

    public bool ContainsKey(string key) => throw new NotSupportedException();

    public bool TryGetValue(string key, out object? value) => throw new NotSupportedException();

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => throw new NotSupportedException();

    IEnumerator IEnumerable.GetEnumerator() => throw new NotSupportedException();
}
