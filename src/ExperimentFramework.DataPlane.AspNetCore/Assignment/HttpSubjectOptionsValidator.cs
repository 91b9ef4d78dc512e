using System.Text;
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
        RequireSubjectType(nameof(options.UserSubjectType), options.UserSubjectType);
        RequireToken(nameof(options.Header), options.Header);
        RequireSubjectType(nameof(options.HeaderSubjectType), options.HeaderSubjectType);
        RequireToken(nameof(options.CookieName), options.CookieName);
        RequireSubjectType(nameof(options.VisitorSubjectType), options.VisitorSubjectType);
        RequireText(nameof(options.TenantClaim), options.TenantClaim);
        RequireText(nameof(options.TenantRouteValue), options.TenantRouteValue);
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

        if (options.CookieDomain is { } domain && !IsHostName(domain))
        {
            failures.Add(
                $"HttpSubjectOptions.{nameof(options.CookieDomain)} is '{domain}'; it must be a host name in ASCII without scheme, port or path, such as shop.example, or null.");
        }

        if (options.CookiePath?.StartsWith('/') != true)
        {
            failures.Add($"HttpSubjectOptions.{nameof(options.CookiePath)} is {(options.CookiePath is null ? "null" : $"'{options.CookiePath}'")}; it must begin with a slash.");
        }

        return OptionFailures.Result(failures);

        // Null although the type forbids it: configuration can bind null.
        void RequireSubjectType(string option, string? value)
        {
            if (value is null)
            {
                failures.Add($"HttpSubjectOptions.{option} is null. Give it a value.");
            }

            RequireText(option, value);
        }

        void RequireToken(string option, string? value)
        {
            if (value is not null && !HttpToken.IsToken(value))
            {
                failures.Add($"HttpSubjectOptions.{option} is '{value}'; it must be {HttpToken.Description}.");
            }
        }

        void RequireText(string option, string? value)
        {
            if (value is not null && string.IsNullOrWhiteSpace(value))
            {
                failures.Add($"HttpSubjectOptions.{option} is empty. Give it a value.");
            }
        }
    }

    /// <summary>Returns whether browsers accept the domain: a leading dot is allowed, and names in other scripts must be in Punycode.</summary>
    private static bool IsHostName(string domain) =>
        Ascii.IsValid(domain) && Uri.CheckHostName(domain.StartsWith('.') ? domain[1..] : domain) is UriHostNameType.Dns or UriHostNameType.IPv4;
}
