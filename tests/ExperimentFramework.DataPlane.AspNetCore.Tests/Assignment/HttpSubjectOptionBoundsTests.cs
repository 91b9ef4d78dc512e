using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

/// <summary>Every bound of the web's options exactly at its edge.</summary>
public sealed class HttpSubjectOptionBoundsTests
{
    public static TheoryData<string, object, bool, Action<HttpSubjectOptions, object>> Edges => new()
    {
        { "CookieLifetime", TimeSpan.Zero, false, (options, value) => options.CookieLifetime = (TimeSpan)value },
        { "CookieLifetime", TimeSpan.FromTicks(1), true, (options, value) => options.CookieLifetime = (TimeSpan)value },
        { "CookieLifetime", TimeSpan.FromDays(400), true, (options, value) => options.CookieLifetime = (TimeSpan)value },
        { "CookieLifetime", TimeSpan.FromDays(400) + TimeSpan.FromTicks(1), false, (options, value) => options.CookieLifetime = (TimeSpan)value },
        { "CookieSameSite", SameSiteMode.Unspecified, false, (options, value) => options.CookieSameSite = (SameSiteMode)value },
        { "CookieSameSite", SameSiteMode.None, true, (options, value) => options.CookieSameSite = (SameSiteMode)value },
        { "CookieSameSite", SameSiteMode.Strict, true, (options, value) => options.CookieSameSite = (SameSiteMode)value },
        { "CookieSameSite", (SameSiteMode)3, false, (options, value) => options.CookieSameSite = (SameSiteMode)value },
        { "CookiePath", "", false, (options, value) => options.CookiePath = (string)value },
        { "CookiePath", "/", true, (options, value) => options.CookiePath = (string)value },
        { "CookieName", "", false, (options, value) => options.CookieName = (string)value },
        { "CookieName", "a", true, (options, value) => options.CookieName = (string)value },
        { "CookieName", "!#$%&'*+-.^_`|~", true, (options, value) => options.CookieName = (string)value },
        { "CookieName", "a;b", false, (options, value) => options.CookieName = (string)value },
        { "Header", " ", false, (options, value) => options.Header = (string)value },
        { "Header", "X", true, (options, value) => options.Header = (string)value },
        { "Header", "X Device", false, (options, value) => options.Header = (string)value },
        { "CookieDomain", "shop.example", true, (options, value) => options.CookieDomain = (string)value },
        { "CookieDomain", ".shop.example", true, (options, value) => options.CookieDomain = (string)value },
        { "CookieDomain", "xn--mnchen-3ya.example", true, (options, value) => options.CookieDomain = (string)value },
        { "CookieDomain", "localhost", true, (options, value) => options.CookieDomain = (string)value },
        { "CookieDomain", "127.0.0.1", true, (options, value) => options.CookieDomain = (string)value },
        { "CookieDomain", "", false, (options, value) => options.CookieDomain = (string)value },
        { "CookieDomain", ".", false, (options, value) => options.CookieDomain = (string)value },
        { "CookieDomain", "*.shop.example", false, (options, value) => options.CookieDomain = (string)value },
        { "CookieDomain", "shop.example:443", false, (options, value) => options.CookieDomain = (string)value },
        { "CookieDomain", "shop.example/cart", false, (options, value) => options.CookieDomain = (string)value },
        { "CookieDomain", "shop.example; Path=/", false, (options, value) => options.CookieDomain = (string)value },
        { "CookieDomain", "münchen.example", false, (options, value) => options.CookieDomain = (string)value },
    };

    [Theory]
    [MemberData(nameof(Edges), DisableDiscoveryEnumeration = true)]
    public void An_option_is_in_range_up_to_its_edges(string option, object value, bool isRight, Action<HttpSubjectOptions, object> set)
    {
        using var provider = new ServiceCollection().AddHttpSubjectIdentity(options => set(options, value)).BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<HttpSubjectOptions>>();

        if (isRight)
        {
            Assert.NotNull(options.Value);
        }
        else
        {
            Assert.StartsWith(
                $"HttpSubjectOptions.{option} ", Assert.Single(Assert.Throws<OptionsValidationException>(() => options.Value).Failures), StringComparison.Ordinal);
        }
    }
}
