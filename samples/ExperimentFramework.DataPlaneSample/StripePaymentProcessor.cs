namespace ExperimentFramework.DataPlaneSample;

/// <summary>The control.</summary>
public sealed class StripePaymentProcessor : IPaymentProcessor
{
    public Task<string> ProcessPaymentAsync(decimal amount, string currency) =>
        Task.FromResult(FormattableString.Invariant($"Stripe took {amount} {currency}"));
}
