namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>A variant that a request names for its own calls.</summary>
/// <param name="ExperimentName">The experiment.</param>
/// <param name="VariantKey">The variant.</param>
/// <param name="ExpiresAt">When it no longer counts.</param>
/// <param name="Token">The token that says so.</param>
internal sealed record VariantOverride(string ExperimentName, string VariantKey, DateTimeOffset ExpiresAt, string Token);
