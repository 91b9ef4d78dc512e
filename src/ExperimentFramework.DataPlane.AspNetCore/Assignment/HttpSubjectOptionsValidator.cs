using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>Validates <see cref="HttpSubjectOptions"/> at start-up. Each message names the option, its value and the allowed values.</summary>
internal sealed class HttpSubjectOptionsValidator : IValidateOptions<HttpSubjectOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpSubjectOptions options)
    {
        var failures = new List<string>();
        if (options is { UserClaim: null, Header: null, CookieName: null })
        {
            failures.Add("HttpSubjectOptions has no source of the subject. Set UserClaim, Header or CookieName.");
        }

        RequireText(nameof(options.UserClaim), options.UserClaim);
        RequireText(nameof(options.UserSubjectType), options.UserSubjectType);
        RequireText(nameof(options.Header), options.Header);
        RequireText(nameof(options.HeaderSubjectType), options.HeaderSubjectType);
        RequireText(nameof(options.VisitorSubjectType), options.VisitorSubjectType);
        RequireText(nameof(options.TenantClaim), options.TenantClaim);
        RequireText(nameof(options.TenantRouteValue), options.TenantRouteValue);
        if (options.CookieName is { } cookie && !HttpToken.IsToken(cookie))
        {
            failures.Add($"HttpSubjectOptions.{nameof(options.CookieName)} is '{cookie}'; it must be {HttpToken.Description}.");
        }

        if (!HttpSubjectOptionRanges.CookieLifetime.Contains(options.CookieLifetime))
        {
            failures.Add($"HttpSubjectOptions.{nameof(options.CookieLifetime)} is {options.CookieLifetime}; it must be {HttpSubjectOptionRanges.CookieLifetime}.");
        }

        if (options.CookieSameSite is not (SameSiteMode.Lax or SameSiteMode.Strict or SameSiteMode.None))
        {
            failures.Add($"HttpSubjectOptions.{nameof(options.CookieSameSite)} is {options.CookieSameSite}; it must be Lax, Strict or None.");
        }

        if (options.SignedInVisitors is not (SignedInVisitors.BecomeUsers or SignedInVisitors.StayVisitors))
        {
            failures.Add($"HttpSubjectOptions.{nameof(options.SignedInVisitors)} is {(int)options.SignedInVisitors}; it must be BecomeUsers or StayVisitors.");
        }

        if (!options.CookiePath.StartsWith('/'))
        {
            failures.Add($"HttpSubjectOptions.{nameof(options.CookiePath)} is '{options.CookiePath}'; it must begin with a slash.");
        }

        return OptionFailures.Result(failures);

        void RequireText(string option, string? value)
        {
            if (value is not null && string.IsNullOrWhiteSpace(value))
            {
                failures.Add($"HttpSubjectOptions.{option} is empty. Give it a value.");
            }
        }
    }
}
