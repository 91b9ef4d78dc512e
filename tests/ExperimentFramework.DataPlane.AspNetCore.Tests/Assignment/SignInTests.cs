using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

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
    public async Task A_visitor_whose_variant_stays_is_not()
    {
        await using var site = await WebFixture.StartAsync();
        var cookie = await VisitAsync(site);
        site.Services.GetRequiredService<InMemoryDataBackplane>();
        var visitor = site.Exposures[0].VariantKey;

        foreach (var user in Enumerable.Range(0, 20))
        {
            await site.GetAsync("/", ("Test-User", $"u{user}"), ("Cookie", cookie));
        }

        var flipped = site.Exposures.Skip(1).Where(exposure => exposure.VariantKey != visitor).Select(exposure => exposure.SubjectId).ToArray();
        Assert.InRange(flipped.Length, 1, 19);
        Assert.All(site.Changes, change => Assert.Contains(change.SubjectId, flipped));
        Assert.NotEmpty(site.Changes);
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
    [InlineData("dataplane-visitor=forged")]
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
