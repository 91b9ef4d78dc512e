namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>A variant override carried by a request for its own calls.</summary>
/// <param name="ExperimentName">The experiment's name.</param>
/// <param name="VariantKey">The variant's key.</param>
/// <param name="ExpiresAt">When the override expires.</param>
/// <param name="Token">The token that contains the override.</param>
internal sealed record VariantOverride(string ExperimentName, string VariantKey, DateTimeOffset ExpiresAt, string Token);
