using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class VisitorConsentTests
{
    private const string Consent = ".AspNet.Consent=yes";

    [Fact]
    public async Task A_visitor_who_withdraws_consent_is_unknown_and_loses_the_cookie()
    {
        await using var site = await ConsentSite(options => (options.CookieDomain, options.CookiePath) = ("shop.example", "/shop"));
        var cookie = (await site.GetAsync("/", ("Cookie", Consent))).SetCookie!.Split(';')[0];
        Assert.Equal(("plain", null), await Known(site, cookie));

        var deleted = SetCookieHeaderValue.Parse((await site.GetAsync("/", ("Cookie", cookie))).SetCookie);

        Assert.Equal((null, "no-subject"), (site.Exposures[^1].SubjectId, site.Exposures[^1].SelectionReason));
        Assert.Equal(
            ("dataplane-visitor", "", "shop.example", "/shop", true),
            (deleted.Name.ToString(), deleted.Value.ToString(), deleted.Domain.ToString(), deleted.Path.ToString(), deleted.Secure));
        Assert.True(deleted.Expires <= DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task A_damaged_cookie_without_consent_goes_too_and_one_that_is_not_there_is_not_deleted()
    {
        await using var site = await ConsentSite();

        Assert.NotNull((await site.GetAsync("/", ("Cookie", "dataplane-visitor=damaged"))).SetCookie);
        Assert.Null((await site.GetAsync("/", ("Cookie", "other=1"))).SetCookie);
        Assert.Null((await site.GetAsync()).SetCookie);
    }

    [Fact]
    public async Task A_user_who_withdraws_consent_is_not_linked_with_the_visitor_any_more()
    {
        await using var site = await ConsentSite(configure: application => application.MapGet("/before", (HttpContext context) =>
            context.RequestServices.GetRequiredService<ISubjectIdentityProvider>().TryGetPreviousSubject(out _, out _)));
        var cookie = (await site.GetAsync("/", ("Cookie", Consent))).SetCookie!.Split(';')[0];

        Assert.Equal("false", (await site.GetAsync("/before", ("Test-User", "u1"), ("Cookie", cookie))).Text);
        Assert.Equal("true", (await site.GetAsync("/before", ("Test-User", "u1"), ("Cookie", $"{Consent}; {cookie}"))).Text);
    }

    [Fact]
    public async Task An_essential_cookie_needs_no_consent()
    {
        await using var site = await ConsentSite(options => options.CookieIsEssential = true);
        var cookie = (await site.GetAsync()).SetCookie!.Split(';')[0];

        Assert.Equal(("plain", null), await Known(site, cookie));
        await site.GetAsync("/", ("Cookie", cookie));

        Assert.Single(site.Exposures.Select(exposure => exposure.SubjectId).Distinct());
    }

    [Fact]
    public async Task Where_the_response_has_begun_a_visitor_without_consent_is_unknown_all_the_same()
    {
        await using var site = await ConsentSite(configure: application => application.MapGet("/late", async (HttpContext context, IBanner banner) =>
        {
            await context.Response.StartAsync();
            await context.Response.WriteAsync(banner.Text());
        }));
        var cookie = (await site.GetAsync("/", ("Cookie", Consent))).SetCookie!.Split(';')[0];

        Assert.Equal(("plain", null), await site.GetAsync("/late", ("Cookie", cookie)));

        Assert.Null(site.Exposures[^1].SubjectId);
        Assert.Empty(site.Logs);
    }

    [Fact]
    public async Task A_policy_that_refuses_the_cookie_leaves_the_visitor_unknown()
    {
        await using var site = await WebFixture.StartAsync(
            services: services => services.Configure<CookiePolicyOptions>(policy => policy.OnAppendCookie = cookie => cookie.IssueCookie = false),
            configure: application => application.UseCookiePolicy());

        Assert.Equal(("plain", null), await site.GetAsync());

        Assert.Null(site.Exposures[0].SubjectId);
    }

    private static async Task<(string, string?)> Known(WebFixture site, string cookie)
    {
        var answer = await site.GetAsync("/", ("Cookie", $"{Consent}; {cookie}"));
        Assert.Equal(site.Exposures[0].SubjectId, site.Exposures[^1].SubjectId);
        return answer;
    }

    private static Task<WebFixture> ConsentSite(Action<HttpSubjectOptions>? options = null, Action<WebApplication>? configure = null) => WebFixture.StartAsync(
        options,
        trial => trial.Using(new Plain()),
        services => services.Configure<CookiePolicyOptions>(policy => policy.CheckConsentNeeded = _ => true),
        application =>
        {
            application.UseCookiePolicy();
            configure?.Invoke(application);
        });

    private sealed class Plain : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) =>
            new("control", context.SubjectId is null ? SelectionReasons.NoSubject : SelectionReasons.RuleMatch);
    }
}
