using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.State.Enumerator;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>A state store without an engine, which a test can read, copy and lose.</summary>
internal sealed class MemoryStore : IKeyValueStore<byte[], byte[]>
{
    /// <summary>Sorted by key, as the stores of the engine are.</summary>
    private readonly SortedDictionary<string, byte[]> _values;

    public MemoryStore()
        : this(new SortedDictionary<string, byte[]>(StringComparer.Ordinal))
    {
    }

    private MemoryStore(SortedDictionary<string, byte[]> values) => _values = values;

    public string Name => "memory";

    public bool Persistent => false;

    public bool IsOpen => true;

    public bool IsLocally => true;

    /// <summary>A copy of what it holds now, as a crash would leave it.</summary>
    public MemoryStore Copy() => new(new SortedDictionary<string, byte[]>(_values, StringComparer.Ordinal));

    public byte[] Get(byte[] key) => _values.GetValueOrDefault(Convert.ToHexString(key))!;

    public void Put(byte[] key, byte[] value) => _values[Convert.ToHexString(key)] = value;

    public IEnumerable<KeyValuePair<byte[], byte[]>> All() => _values.Select(static pair => new KeyValuePair<byte[], byte[]>(Convert.FromHexString(pair.Key), pair.Value)).ToArray();

    public long ApproximateNumEntries() => _values.Count;

    public void Init(ProcessorContext context, IStateStore root) => throw new NotSupportedException();

    public void Flush() => throw new NotSupportedException();

    public void Close() => throw new NotSupportedException();

    public byte[] PutIfAbsent(byte[] key, byte[] value) => throw new NotSupportedException();

    public void PutAll(IEnumerable<KeyValuePair<byte[], byte[]>> entries) => throw new NotSupportedException();

    public byte[] Delete(byte[] key) => _values.Remove(Convert.ToHexString(key), out var value) ? value : null!;

    public IKeyValueEnumerator<byte[], byte[]> Range(byte[] from, byte[] to) => throw new NotSupportedException();

    public IKeyValueEnumerator<byte[], byte[]> ReverseRange(byte[] from, byte[] to) => throw new NotSupportedException();

    public IEnumerable<KeyValuePair<byte[], byte[]>> ReverseAll() => throw new NotSupportedException();
}
