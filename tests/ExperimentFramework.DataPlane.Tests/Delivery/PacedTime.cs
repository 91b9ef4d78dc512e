using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Virtual time that knows whether the workers have done what its last step set off.</summary>
internal sealed class PacedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    public Func<bool> AreWorkersResting { get; set; } = () => true;
}
