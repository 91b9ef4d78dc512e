using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Net.Http.Headers;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class SignInTests
{
    [Fact]
    public async Task Where_the_response_has_begun_a_sign_in_is_noted_at_a_later_request()
    {
        await using var site = await WebFixture.StartAsync(configure: application => application.MapGet("/late", async (HttpContext context, IBanner banner) =>
        {
            await context.Response.StartAsync();
            await context.Response.WriteAsync(banner.Text());
        }));
        var cookie = (await site.GetAsync()).SetCookie!.Split(';')[0];

        Assert.Null((await site.GetAsync("/late", ("Cookie", cookie), ("Test-User", "u1"))).SetCookie);
        Assert.NotNull((await site.GetAsync("/", ("Cookie", cookie), ("Test-User", "u1"))).SetCookie);

        Assert.Equal("u1", site.Exposures[1].SubjectId);
        Assert.Empty(site.Logs);
    }

    [Fact]
    public async Task A_visitor_whose_variant_changes_by_signing_in_is_said_once()
    {
        await using var site = await WebFixture.StartAsync(trial: trial => trial.Using(new BoldForVisitors()));
        var cookie = await VisitAsync(site);

        var (text, noted) = await site.GetAsync("/", ("Test-User", "u1"), ("Cookie", cookie));
        await site.GetAsync("/", ("Test-User", "u1"), ("Cookie", cookie));
        await site.GetAsync("/", ("Test-User", "u1"), ("Cookie", CookieOf(noted)));

        Assert.Equal("plain", text);
        var change = Assert.Single(site.Changes);
        Assert.Equal(
            ("banner", "u1", "user", "bold", "control", "identity-changed"),
            (change.ExperimentName, change.SubjectId, change.SubjectType, change.PreviousVariantKey, change.NewVariantKey, change.ChangeReason));
    }

    [Fact]
    public async Task Each_user_of_a_browser_whose_variant_differs_from_the_visitors_is_said_once_and_no_other()
    {
        await using var site = await WebFixture.StartAsync();
        var cookie = await VisitAsync(site);
        var visitor = site.Exposures[0].VariantKey;
        string[] users = [.. Enumerable.Range(0, 20).Select(user => $"u{user}")];

        foreach (var user in users.Concat(users))
        {
            await site.GetAsync("/", ("Test-User", user), ("Cookie", cookie));
        }

        var variants = site.Exposures.Skip(1).Take(users.Length).ToDictionary(exposure => exposure.SubjectId!, exposure => exposure.VariantKey);
        string[] flipped = [.. users.Where(user => variants[user] != visitor)];
        Assert.InRange(flipped.Length, 2, 19);
        Assert.Equal(flipped, site.Changes.Select(change => change.SubjectId));
    }

    [Fact]
    public async Task A_visitor_who_signs_out_and_in_again_is_said_once_even_if_each_decision_is_compared()
    {
        await using var site = await WebFixture.StartAsync(
            trial: trial => trial.Using(new BoldForVisitors()),
            services: services => services.AddDataBackplane(options => options.EnableExposureEvents = false));
        var cookie = await VisitAsync(site);

        for (var i = 0; i < 2; i++)
        {
            await site.GetAsync("/", ("Test-User", "u1"), ("Cookie", cookie));
            await site.GetAsync("/", ("Cookie", cookie));
        }

        Assert.Equal("u1", Assert.Single(site.Changes).SubjectId);
    }

    [Fact]
    public async Task A_visitor_who_signs_in_between_two_calls_of_a_request_is_said_once()
    {
        await using var site = await WebFixture.StartAsync(
            trial: trial => trial.Using(new BoldForVisitors()),
            configure: application => application.MapGet("/sign-in", (HttpContext context, IBanner banner) =>
            {
                var before = banner.Text();
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "u1")], "test"));
                return $"{before}, {banner.Text()}";
            }));
        var cookie = await VisitAsync(site);

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("bold, plain", (await site.GetAsync("/sign-in", ("Cookie", cookie))).Text);
            await site.GetAsync("/", ("Test-User", "u1"), ("Cookie", cookie));
        }

        Assert.Equal("u1", Assert.Single(site.Changes).SubjectId);
    }

    [Fact]
    public async Task An_experiment_that_is_called_later_in_the_visit_finds_out_and_one_after_it_does_not()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var site = await WebFixture.StartAsync(
            trial: trial => trial.Using(new BoldForVisitors()),
            services: services => services.AddSingleton<TimeProvider>(time),
            configure: application => application.MapGet("/signs-in", (HttpContext context) =>
                context.RequestServices.GetRequiredService<ISubjectIdentityProvider>().TryGetPreviousSubject(out _, out _)));
        var cookie = await VisitAsync(site);

        var noted = CookieOf((await site.GetAsync("/signs-in", ("Test-User", "u1"), ("Cookie", cookie))).SetCookie);
        Assert.NotEqual(cookie, noted);
        time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));
        Assert.Equal("true", (await site.GetAsync("/signs-in", ("Test-User", "u1"), ("Cookie", noted))).Text);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("false", null), await site.GetAsync("/signs-in", ("Test-User", "u1"), ("Cookie", noted)));
        await site.GetAsync("/", ("Test-User", "u1"), ("Cookie", noted));
        Assert.Empty(site.Changes);

        Assert.Equal("true", (await site.GetAsync("/signs-in", ("Test-User", "another"), ("Cookie", noted))).Text);
    }

    [Fact]
    public async Task The_cookie_is_noted_once_in_a_request_and_stays_the_visitors()
    {
        await using var site = await WebFixture.StartAsync(
            trial: trial => trial.Using(new BoldForVisitors()),
            configure: application => application.MapGet("/many", (HttpContext context) =>
            {
                for (var i = 0; i < 5; i++)
                {
                    using var scope = context.RequestServices.CreateScope();
                    scope.ServiceProvider.GetRequiredService<IBanner>().Text();
                }
            }));
        var cookie = await VisitAsync(site);

        var noted = CookieOf((await site.GetAsync("/many", ("Test-User", "u1"), ("Cookie", cookie))).SetCookie);
        await site.GetAsync("/", ("Cookie", noted));

        Assert.Single(site.Changes);
        Assert.Equal((site.Exposures[0].SubjectId, "visitor"), (site.Exposures[^1].SubjectId, site.Exposures[^1].SubjectType));
    }

    [Fact]
    public async Task Visitors_may_stay_visitors_so_that_no_variant_changes()
    {
        await using var site = await WebFixture.StartAsync(
            options => options.SignedInVisitors = SignedInVisitors.StayVisitors, trial => trial.Using(new BoldForVisitors()));
        var cookie = await VisitAsync(site);

        Assert.Equal(("bold", null), await site.GetAsync("/", ("Test-User", "u1"), ("Cookie", cookie)));
        Assert.Equal(("plain", null), await site.GetAsync("/", ("Test-User", "u1")));

        Assert.Empty(site.Changes);
        Assert.Equal(["visitor", "visitor", "user"], site.Exposures.Select(exposure => exposure.SubjectType));
        Assert.Equal(site.Exposures[0].SubjectId, site.Exposures[1].SubjectId);
    }

    [Theory]
    [InlineData(SignedInVisitors.BecomeUsers)]
    [InlineData(SignedInVisitors.StayVisitors)]
    public async Task A_visitors_cookie_that_cannot_be_read_is_deleted_when_its_user_is_first_seen(SignedInVisitors signedIn)
    {
        await using var site = await WebFixture.StartAsync(
            options => options.SignedInVisitors = signedIn,
            configure: application => application.MapGet("/twice", (HttpContext context) =>
            {
                for (var i = 0; i < 2; i++)
                {
                    using var scope = context.RequestServices.CreateScope();
                    scope.ServiceProvider.GetRequiredService<IBanner>().Text();
                }
            }));

        var deleted = SetCookieHeaderValue.Parse((await site.GetAsync("/twice", ("Test-User", "u1"), ("Cookie", "dataplane-visitor=forged"))).SetCookie);

        Assert.Equal(("dataplane-visitor", "", "/"), (deleted.Name.ToString(), deleted.Value.ToString(), deleted.Path.ToString()));
        Assert.True(deleted.Expires <= DateTimeOffset.UnixEpoch);
        Assert.Equal(["u1", "u1"], site.Exposures.Select(exposure => exposure.SubjectId));
        Assert.Empty(site.Changes);
    }

    [Fact]
    public async Task A_response_that_deletes_a_visitors_cookie_is_not_cached()
    {
        await using var site = await WebFixture.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Test-User", "u1");
        request.Headers.Add("Cookie", "dataplane-visitor=forged");

        using var response = await site.Client.SendAsync(request);

        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_cookie_that_can_be_read_is_not_deleted_because_of_one_that_cannot()
    {
        await using var site = await WebFixture.StartAsync(options => options.SignedInVisitors = SignedInVisitors.StayVisitors);
        var cookie = await VisitAsync(site);

        Assert.Null((await site.GetAsync("/", ("Test-User", "u1"), ("Cookie", $"dataplane-visitor=forged; {cookie}"))).SetCookie);
        Assert.Equal(site.Exposures[0].SubjectId, site.Exposures[1].SubjectId);
    }

    [Fact]
    public async Task A_visitors_cookie_that_cannot_be_read_stays_where_the_response_has_begun()
    {
        await using var site = await WebFixture.StartAsync(configure: application => application.MapGet("/late", async (HttpContext context, IBanner banner) =>
        {
            await context.Response.StartAsync();
            await context.Response.WriteAsync(banner.Text());
        }));

        Assert.Null((await site.GetAsync("/late", ("Test-User", "u1"), ("Cookie", "dataplane-visitor=forged"))).SetCookie);
        Assert.Equal("u1", Assert.Single(site.Exposures).SubjectId);
    }

    [Fact]
    public async Task A_visitor_who_is_assigned_an_id_before_signing_in_keeps_the_new_cookie()
    {
        await using var site = await WebFixture.StartAsync(configure: application => application.MapGet("/signs-in", (HttpContext context, ISubjectIdentityProvider identity) =>
        {
            Assert.True(identity.TryGetSubjectId(out _));
            context.User.AddIdentity(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "u1")], "test"));
            return identity.TryGetPreviousSubject(out _, out _);
        }));

        var (_, cookie) = await site.GetAsync("/signs-in", ("Cookie", "dataplane-visitor=forged"));

        Assert.NotEqual("", SetCookieHeaderValue.Parse(cookie).Value.ToString());
    }

    [Theory]
    [InlineData("dataplane-visitor=")]
    [InlineData("other=1")]
    public async Task A_user_without_a_visitors_cookie_was_nobody_before(string cookie)
    {
        await using var site = await WebFixture.StartAsync(trial: trial => trial.Using(new BoldForVisitors()));

        Assert.Equal(("plain", null), await site.GetAsync("/", ("Test-User", "u1"), ("Cookie", cookie)));

        Assert.Empty(site.Changes);
    }

    private static async Task<string> VisitAsync(WebFixture site) => CookieOf((await site.GetAsync()).SetCookie);

    private static string CookieOf(string? setCookie) => setCookie!.Split(';')[0];

    private sealed class BoldForVisitors : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => new(context.SubjectType == "visitor" ? "bold" : "control", "computed");
    }
}
