using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane;

/// <summary>Virtual time that knows whether the workers have done what its last step set off.</summary>
internal sealed class PacedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    public static readonly TimeSpan DefaultLongestRest = TimeSpan.FromMilliseconds(250);

    public Func<bool> AreWorkersResting { get; set; } = () => true;

    /// <summary>How long one step waits for workers at most: one that a destination blocks never rests.</summary>
    public TimeSpan LongestRest { get; init; } = DefaultLongestRest;
}
