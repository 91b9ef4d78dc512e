namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>Where a request may name variants for its own calls, for testers. Each place holds a token that <see cref="VariantOverrideTokens"/> made. Checked at start-up.</summary>
public sealed class HttpVariantOverrideOptions
{
    /// <summary>The query parameter that holds a token; null for none. Default: <c>dataplane-override</c>.</summary>
    public string? QueryParameter { get; set; } = "dataplane-override";

    /// <summary>The request header that holds a token; null for none. Default: <c>DataPlane-Override</c>.</summary>
    public string? Header { get; set; } = "DataPlane-Override";

    /// <summary>
    /// The cookie that holds tokens; null for none. <c>app.UseVariantOverrides()</c> sets it when a link with a token is opened, until the token
    /// expires. Default: <c>dataplane-override</c>.
    /// </summary>
    public string? CookieName { get; set; } = "dataplane-override";

    /// <summary>How long a token is valid at most: more than zero and at most 90 days. Default: 30 days.</summary>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromDays(30);
}
