namespace ExperimentFramework.DataPlaneSample;

/// <summary>The variant.</summary>
public sealed class PayPalPaymentProcessor : IPaymentProcessor
{
    public Task<string> ProcessPaymentAsync(decimal amount, string currency) =>
        Task.FromResult(FormattableString.Invariant($"PayPal took {amount} {currency}"));
}
