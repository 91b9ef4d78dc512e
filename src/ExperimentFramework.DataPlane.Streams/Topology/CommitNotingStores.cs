using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.State.Enumerator;
using Streamiz.Kafka.Net.State.Supplier;
using ProcessorContext = Streamiz.Kafka.Net.ProcessorContext;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// Supplies stores that note each commit. The engine flushes a store and then waits until everything that was sent has been written; a step that runs after that knows that it was. The engine says so in no other way.
/// </summary>
/// <param name="inner">What supplies the stores.</param>
/// <param name="monitor">Receives the commits.</param>
internal sealed class CommitNotingStores(IKeyValueBytesStoreSupplier inner, StreamsMonitor monitor) : IKeyValueBytesStoreSupplier
{
    public string Name
    {
        get => inner.Name;
        set => inner.Name = value;
    }

    public string MetricsScope => inner.MetricsScope;

    public IKeyValueStore<Bytes, byte[]> Get() => new Store(inner.Get(), monitor);

    private sealed class Store(IKeyValueStore<Bytes, byte[]> store, StreamsMonitor monitor) : IKeyValueStore<Bytes, byte[]>
    {
        private int _partition;

        public string Name => store.Name;

        public bool Persistent => store.Persistent;

        public bool IsLocally => store.IsLocally;

        public bool IsOpen => store.IsOpen;

        public void Init(ProcessorContext context, IStateStore root)
        {
            _partition = context.Id.Partition;
            store.Init(context, root);
        }

        public void Flush()
        {
            store.Flush();
            monitor.OnCommit(_partition);
        }

        public void Close() => store.Close();

        public byte[] Get(Bytes key) => store.Get(key);

        public void Put(Bytes key, byte[] value) => store.Put(key, value);

        public byte[] PutIfAbsent(Bytes key, byte[] value) => store.PutIfAbsent(key, value);

        public void PutAll(IEnumerable<KeyValuePair<Bytes, byte[]>> entries) => store.PutAll(entries);

        public byte[] Delete(Bytes key) => store.Delete(key);

        public IKeyValueEnumerator<Bytes, byte[]> Range(Bytes from, Bytes to) => store.Range(from, to);

        public IKeyValueEnumerator<Bytes, byte[]> ReverseRange(Bytes from, Bytes to) => store.ReverseRange(from, to);

        public IEnumerable<KeyValuePair<Bytes, byte[]>> All() => store.All();

        public IEnumerable<KeyValuePair<Bytes, byte[]>> ReverseAll() => store.ReverseAll();

        public long ApproximateNumEntries() => store.ApproximateNumEntries();
    }
}
