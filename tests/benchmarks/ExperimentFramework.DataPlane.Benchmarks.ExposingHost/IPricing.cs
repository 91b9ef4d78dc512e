namespace ExperimentFramework.DataPlane.Benchmarks.ExposingHost;

/// <summary>An experiment of the smallest kind: one member, two variants.</summary>
[ExposureLogged("pricing")]
public interface IPricing
{
    ValueTask<decimal> PriceAsync([ExposureSubject("user")] string user, CancellationToken cancellationToken = default);
}

internal sealed class ListPricing : IPricing
{
    public ValueTask<decimal> PriceAsync(string user, CancellationToken cancellationToken) => ValueTask.FromResult(10m);
}

internal sealed class DynamicPricing : IPricing
{
    public ValueTask<decimal> PriceAsync(string user, CancellationToken cancellationToken) => ValueTask.FromResult(12m);
}
