using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>Validates <see cref="HttpVariantOverrideOptions"/> at start-up. Each message names the option, its value and the allowed values.</summary>
internal sealed class HttpVariantOverrideOptionsValidator : IValidateOptions<HttpVariantOverrideOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpVariantOverrideOptions options)
    {
        var failures = new List<string>();
        if (options is { QueryParameter: null, Header: null, CookieName: null })
        {
            failures.Add("HttpVariantOverrideOptions has no source of tokens. Set QueryParameter, Header or CookieName.");
        }

        RequireToken(nameof(options.QueryParameter), options.QueryParameter);
        RequireToken(nameof(options.Header), options.Header);
        RequireToken(nameof(options.CookieName), options.CookieName);
        if (!HttpVariantOverrideOptionRanges.MaxLifetime.Contains(options.MaxLifetime))
        {
            failures.Add($"HttpVariantOverrideOptions.{nameof(options.MaxLifetime)} is {options.MaxLifetime}; it must be {HttpVariantOverrideOptionRanges.MaxLifetime}.");
        }

        return OptionFailures.Result(failures);

        void RequireToken(string option, string? value)
        {
            if (value is not null && !HttpToken.IsToken(value))
            {
                failures.Add($"HttpVariantOverrideOptions.{option} is '{value}'; it must be {HttpToken.Description}.");
            }
        }
    }
}
