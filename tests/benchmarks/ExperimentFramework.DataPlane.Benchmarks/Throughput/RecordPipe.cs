namespace ExperimentFramework.DataPlane.Benchmarks.Throughput;

/// <summary>
/// A way from several producers to one reader that discards what it reads, each on a thread of its own: what has to wait waits there.
/// </summary>
internal abstract class RecordPipe : IDisposable
{
    /// <summary>How many records there is room for.</summary>
    protected const int Room = 8_192;

    /// <summary>How many records were read.</summary>
    public abstract long Read { get; }

    /// <summary>Writes one record; waits for room, where the pipe loses nothing.</summary>
    public abstract void Write(int producer, string subject);

    /// <summary>Reads until <see cref="Complete"/> has been called and nothing is left.</summary>
    public abstract void ReadAll();

    /// <summary>Says that nothing more will be written.</summary>
    public abstract void Complete();

    public virtual void Dispose()
    {
    }

    protected static long Now => TimeProvider.System.GetUtcNow().UtcTicks;
}
