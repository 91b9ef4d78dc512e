using ExperimentFramework.DataPlane;

namespace ExperimentFramework.DataPlaneSample;

/// <summary>The service that is experimented on.</summary>
[ExposureLogged("payment-processor")]
public interface IPaymentProcessor
{
    Task<string> ProcessPaymentAsync(decimal amount, [ExposureAttribute("currency")] string currency);
}
