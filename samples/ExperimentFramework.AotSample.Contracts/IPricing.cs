using ExperimentFramework.DataPlane;

namespace ExperimentFramework.AotSample.Contracts;

/// <summary>Is in a different assembly than its registration.</summary>
[ExposureLogged("pricing", FallbackToControl = true, RecordOutcomes = true)]
public interface IPricing
{
    decimal Price([ExposureSubject("user")] string user, [ExposureAttribute("country")] string country);

    ValueTask<decimal> PriceAsync([ExposureSubject("user")] string user, CancellationToken cancellationToken = default);

    ref decimal Rebate([ExposureSubject("user")] string user, ref decimal rebate);

    IAsyncEnumerable<decimal> PricesAsync([ExposureSubject("user")] string user, CancellationToken cancellationToken = default);
}
