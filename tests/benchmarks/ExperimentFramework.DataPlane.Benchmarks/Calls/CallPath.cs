namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>One row of the table of calls: a way from the caller to the variant, called in bursts and drained between them.</summary>
public abstract class CallPath : IDisposable
{
    /// <summary>How many calls a burst has.</summary>
    public const int BurstSize = 2_000;

    /// <summary>Makes one call for each of <see cref="BurstSize"/> subjects.</summary>
    /// <returns>Something that depends on every call, so that none is left out.</returns>
    public abstract int Burst();

    /// <summary>Waits until what the calls left behind has been consumed.</summary>
    public virtual void Drain()
    {
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
