namespace ExperimentFramework.DataPlane;

/// <summary>How often one experiment and variant lost an event for one reason.</summary>
internal sealed class DropTally
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Increment() => Interlocked.Increment(ref _value);
}
