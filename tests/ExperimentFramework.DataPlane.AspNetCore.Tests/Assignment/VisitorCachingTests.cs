using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

/// <summary>A shared cache must not give one visitor's cookie to everybody.</summary>
public sealed class VisitorCachingTests
{
    [Fact]
    public async Task A_response_with_a_new_cookie_is_not_stored_and_the_next_one_is_as_the_application_left_it()
    {
        await using var site = await WebFixture.StartAsync();

        var (first, cookie) = await CachingOf(site, "/");
        var (next, _) = await CachingOf(site, "/", cookie!);

        Assert.True(first is { NoStore: true, NoCache: true });
        Assert.Null(next);
    }

    [Fact]
    public async Task A_response_whose_cookie_is_replaced_after_a_sign_in_is_not_stored()
    {
        await using var site = await WebFixture.StartAsync();
        var (_, cookie) = await CachingOf(site, "/");

        var (signedIn, noted) = await CachingOf(site, "/", cookie!, user: "u1");

        Assert.NotNull(noted);
        Assert.True(signedIn is { NoStore: true });
    }

    [Fact]
    public async Task What_the_application_says_about_caching_stays()
    {
        await using var site = await WebFixture.StartAsync(configure: application => application.MapGet("/own", (HttpContext context, IBanner banner) =>
        {
            context.Response.Headers.CacheControl = "private, max-age=60";
            return banner.Text();
        }));

        var (caching, cookie) = await CachingOf(site, "/own");

        Assert.NotNull(cookie);
        Assert.True(caching is { NoStore: false, Private: true, MaxAge.TotalSeconds: 60 });
    }

    [Fact]
    public async Task A_response_whose_cookie_the_visitor_did_not_consent_to_is_left_alone()
    {
        await using var site = await WebFixture.StartAsync(
            options => options.CookieIsEssential = false,
            services: services => services.Configure<CookiePolicyOptions>(policy => policy.CheckConsentNeeded = _ => true),
            configure: application => application.UseCookiePolicy());

        Assert.Equal((null, null), await CachingOf(site, "/"));
    }

    private static async Task<(CacheControlHeaderValue? Caching, string? Cookie)> CachingOf(WebFixture site, string path, string? cookie = null, string? user = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        if (user is not null)
        {
            request.Headers.Add("Test-User", user);
        }

        using var response = await site.Client.SendAsync(request);
        return (response.Headers.CacheControl, response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Single().Split(';')[0] : null);
    }
}
