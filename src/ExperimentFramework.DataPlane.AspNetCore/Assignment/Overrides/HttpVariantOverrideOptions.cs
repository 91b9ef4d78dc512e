namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Configures where a request may carry the token of a variant override, for testers. Tokens are created by <see cref="VariantOverrideTokens"/>.
/// Validated at start-up.
/// </summary>
public sealed class HttpVariantOverrideOptions
{
    /// <summary>Gets or sets the query parameter that contains a token; null for none. Default: <c>dataplane-override</c>.</summary>
    public string? QueryParameter { get; set; } = "dataplane-override";

    /// <summary>Gets or sets the request header that contains a token; null for none. Default: <c>DataPlane-Override</c>.</summary>
    public string? Header { get; set; } = "DataPlane-Override";

    /// <summary>
    /// Gets or sets the cookie that contains tokens; null for none. <c>app.UseVariantOverrides()</c> sets it when a link with a token is opened, until
    /// the token expires. Default: <c>dataplane-override</c>.
    /// </summary>
    public string? CookieName { get; set; } = "dataplane-override";

    /// <summary>Gets or sets the maximum lifetime of a token: more than zero and at most 90 days. Default: 30 days.</summary>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromDays(30);
}
