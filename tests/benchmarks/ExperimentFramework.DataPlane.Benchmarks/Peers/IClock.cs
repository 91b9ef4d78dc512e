namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>A clock.</summary>
public interface IClock
{
    static abstract long Read();
}
