namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>The subjects that calls are made for, in turn.</summary>
public sealed class Subjects
{
    private readonly string[] _ids;
    private int _next;

    /// <param name="count">How many there are: a multiple of the size of a burst.</param>
    public Subjects(int count = CallPath.BurstSize)
    {
        _ids = [.. Enumerable.Range(0, count).Select(i => $"user-{i}")];

        // In an order that is not the one they lie in memory.
        new Random(1).Shuffle(_ids);
    }

    /// <summary>The subjects of the next burst.</summary>
    public ReadOnlySpan<string> NextBurst()
    {
        var burst = _ids.AsSpan(_next, CallPath.BurstSize);
        _next = (_next + CallPath.BurstSize) % _ids.Length;
        return burst;
    }
}
