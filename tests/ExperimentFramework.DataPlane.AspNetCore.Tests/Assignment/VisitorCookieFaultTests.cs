using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class VisitorCookieFaultTests
{
    [Fact]
    public async Task The_cookie_survives_an_error_handler_that_clears_the_headers()
    {
        await using var site = await WebFixture.StartAsync(configure: application =>
        {
            application.UseExceptionHandler(handler => handler.Run(context => context.Response.WriteAsync("sorry")));
            application.MapGet("/fails", (IBanner banner) =>
            {
                banner.Text();
                throw new InvalidOperationException("after the exposure");
            });
        });

        using var response = await site.Client.GetAsync(new Uri("/fails", UriKind.Relative));
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie")).Split(';')[0];
        await site.GetAsync("/", ("Cookie", cookie));

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal(2, site.Exposures.Count);
        Assert.Single(site.Exposures.Select(exposure => exposure.SubjectId).Distinct());
    }

    [Fact]
    public async Task Without_an_error_the_cookie_is_set_once_beside_those_of_the_application()
    {
        await using var site = await WebFixture.StartAsync(configure: application => application.MapGet("/two", (HttpContext context, IBanner banner) =>
        {
            banner.Text();
            context.Response.Cookies.Append("basket", "1");
        }));

        using var response = await site.Client.GetAsync(new Uri("/two", UriKind.Relative));

        Assert.Equal(["dataplane-visitor", "basket"], response.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split('=')[0]));
    }

    [Fact]
    public async Task Forged_cookies_are_one_short_line_a_minute_with_their_number()
    {
        var time = new FakeTimeProvider();
        await using var site = await WebFixture.StartAsync(services: services => services.AddSingleton<TimeProvider>(time));

        for (var i = 0; i < 100; i++)
        {
            await site.GetAsync("/", ("Cookie", $"dataplane-visitor=forged-{i}"));
        }

        time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.Equal((1, LogLevel.Information, null), (site.Logs.Count, site.Logs[0].Level, site.Logs[0].Exception));
        Assert.InRange(site.Logs[0].Message.Length, 1, 200);
        time.Advance(TimeSpan.FromTicks(1));
        await Eventually.Holds(() => site.Logs.Count == 2);

        Assert.Equal(["1", "99"], site.Logs.Select(record => record.GetStructuredStateValue("Count")));
        Assert.All(site.Logs, record => Assert.DoesNotContain("forged-", record.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Forged_cookies_that_have_not_been_reported_are_when_the_application_ends()
    {
        FakeLogCollector logs;
        await using (var site = await WebFixture.StartAsync())
        {
            logs = site.Services.GetRequiredService<FakeLogCollector>();
            for (var i = 0; i < 3; i++)
            {
                await site.GetAsync("/", ("Cookie", $"dataplane-visitor=forged-{i}"));
            }
        }

        Assert.Equal(
            ["1", "2"], logs.GetSnapshot().Where(record => record.Id.Name == "CookiesDamaged").Select(record => record.GetStructuredStateValue("Count")));
    }

    [Fact]
    public async Task Cookies_of_lost_keys_are_a_warning_with_their_number()
    {
        var time = new FakeTimeProvider();
        await using var before = await WebFixture.StartAsync();
        await using var after = await WebFixture.StartAsync(services: services => services.AddSingleton<TimeProvider>(time));
        var cookies = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            cookies.Add((await before.GetAsync()).SetCookie!.Split(';')[0]);
        }

        foreach (var cookie in cookies)
        {
            Assert.NotNull((await after.GetAsync("/", ("Cookie", cookie))).SetCookie);
        }

        var warning = Assert.Single(after.Logs);
        Assert.Equal((LogLevel.Warning, null), (warning.Level, warning.Exception));
        Assert.StartsWith("Cookies dataplane-visitor were protected with a data protection key that this application does not have", warning.Message, StringComparison.Ordinal);
        Assert.Contains("Rejected since the last report: 1.", warning.Message, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.Holds(() => after.Logs.Count == 2);
        Assert.Contains("Rejected since the last report: 2.", after.Logs[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_damaged_behind_its_key_is_not_taken_for_one_of_a_lost_key()
    {
        await using var site = await WebFixture.StartAsync();
        var cookie = (await site.GetAsync()).SetCookie!.Split(';')[0];

        foreach (var forged in new[] { cookie[..^8], cookie + "AAAA", "dataplane-visitor=" + new string('A', 200), "dataplane-visitor=A", cookie[..40] })
        {
            Assert.NotNull((await site.GetAsync("/", ("Cookie", forged))).SetCookie);
        }

        Assert.Equal(80, Assert.Single(site.Logs).Id.Id);
    }

    [Fact]
    public async Task Of_two_cookies_the_first_that_is_ours_counts()
    {
        await using var site = await WebFixture.StartAsync();
        var first = (await site.GetAsync()).SetCookie!.Split(';')[0];
        var second = (await site.GetAsync()).SetCookie!.Split(';')[0];

        foreach (var both in new[] { $"{first}; {second}", $"dataplane-visitor=stale; {first}", $"{first}; dataplane-visitor=stale", $"a=b; dataplane-visitor=; bad name=x; {first}", $"{first}; dataplane-visitor=\"" })
        {
            Assert.Null((await site.GetAsync("/", ("Cookie", both))).SetCookie);
            Assert.Equal(site.Exposures[0].SubjectId, site.Exposures[^1].SubjectId);
        }

        await site.GetAsync("/", ("Cookie", $"{second}; {first}"));
        Assert.Equal(site.Exposures[1].SubjectId, site.Exposures[^1].SubjectId);
    }

    [Fact]
    public async Task More_cookies_of_the_name_than_a_browser_has_are_not_looked_at()
    {
        await using var site = await WebFixture.StartAsync();
        var ours = (await site.GetAsync()).SetCookie!.Split(';')[0];

        Assert.Null((await site.GetAsync("/", ("Cookie", Stale(7) + ours))).SetCookie);
        Assert.NotNull((await site.GetAsync("/", ("Cookie", Stale(8) + ours))).SetCookie);

        static string Stale(int count) => string.Concat(Enumerable.Repeat("dataplane-visitor=stale; ", count));
    }

    [Fact]
    public async Task The_name_of_a_cookie_is_compared_with_regard_to_case()
    {
        await using var site = await WebFixture.StartAsync();
        var ours = (await site.GetAsync()).SetCookie!.Split(';')[0];

        Assert.NotNull((await site.GetAsync("/", ("Cookie", ours.ToUpperInvariant()[..17] + ours[17..]))).SetCookie);
    }

    [Fact]
    public async Task A_cookie_longer_than_any_of_ours_is_refused_without_decrypting_it()
    {
        await using var site = await WebFixture.StartAsync();

        Assert.NotNull((await site.GetAsync("/", ("Cookie", "dataplane-visitor=" + new string('A', 20_000)))).SetCookie);
        Assert.Equal(80, Assert.Single(site.Logs).Id.Id);
    }
}
