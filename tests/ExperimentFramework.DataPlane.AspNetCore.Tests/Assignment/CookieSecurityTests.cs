using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class CookieSecurityTests
{
    private const string Plain = "http://shop.example/", Encrypted = "https://shop.example/";

    [Fact]
    public async Task Over_plain_http_in_development_a_client_sends_the_cookie_back_and_it_is_said_once()
    {
        await using var site = await WebFixture.StartAsync(environment: "Development");

        var cookies = new[] { (await site.GetAsync(Plain)).SetCookie, (await site.GetAsync(Plain)).SetCookie };

        Assert.All(cookies, cookie => Assert.False(SetCookieHeaderValue.Parse(cookie).Secure));
        Assert.Equal((81, LogLevel.Information), (Assert.Single(site.Logs).Id.Id, site.Logs[0].Level));
    }

    [Fact]
    public async Task Over_https_in_development_it_is_secure()
    {
        await using var site = await WebFixture.StartAsync(environment: "Development");

        Assert.True(SetCookieHeaderValue.Parse((await site.GetAsync(Encrypted)).SetCookie).Secure);
        Assert.Empty(site.Logs);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    [InlineData("Test")]
    public async Task In_any_other_environment_it_is_secure_and_plain_http_is_said_once(string environment)
    {
        await using var site = await WebFixture.StartAsync(environment: environment);

        var cookies = new[] { (await site.GetAsync(Plain)).SetCookie, (await site.GetAsync(Plain)).SetCookie };

        Assert.All(cookies, cookie => Assert.True(SetCookieHeaderValue.Parse(cookie).Secure));
        Assert.Equal((82, LogLevel.Warning), (Assert.Single(site.Logs).Id.Id, site.Logs[0].Level));
    }

    [Fact]
    public async Task A_cookie_for_other_sites_is_lax_where_it_cannot_be_secure()
    {
        await using var site = await WebFixture.StartAsync(options => options.CookieSameSite = Microsoft.AspNetCore.Http.SameSiteMode.None, environment: "Development");

        Assert.Equal(SameSiteMode.Lax, SetCookieHeaderValue.Parse((await site.GetAsync(Plain)).SetCookie).SameSite);
        Assert.Equal(SameSiteMode.None, SetCookieHeaderValue.Parse((await site.GetAsync(Encrypted)).SetCookie).SameSite);
    }
}
