using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class AutomatedRequestTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36")]
    [InlineData("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")]
    [InlineData("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)")]
    [InlineData("somebot")]
    [InlineData("Mozilla/5.0 (compatible; Baiduspider/2.0)")]
    [InlineData("Cubot phone of a crawler")]
    [InlineData("facebookexternalhit/1.1")]
    [InlineData("kube-probe/1.29")]
    [InlineData("ELB-HealthChecker/2.0")]
    [InlineData("GoogleHC/1.0")]
    [InlineData("Amazon-Route53-Health-Check-Service (ref 1; report http://amzn.to/1vsZADi)")]
    [InlineData("Edge Health Probe")]
    [InlineData("HealthCheck/1.0")]
    [InlineData("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)")]
    [InlineData("Prometheus/2.51.0")]
    [InlineData("curl/8.5.0")]
    [InlineData("CURL/8.5.0")]
    [InlineData("Wget/1.21.4")]
    [InlineData("python-requests/2.31.0")]
    [InlineData("Go-http-client/1.1")]
    public async Task A_program_is_no_visitor_with_or_without_a_cookie(string agent)
    {
        await using var site = await WebFixture.StartAsync();
        var cookie = (await site.GetAsync()).SetCookie!.Split(';')[0];

        Assert.Equal(("plain", null), await site.GetAsync("/", ("User-Agent", agent)));
        Assert.Equal(("plain", null), await site.GetAsync("/", ("User-Agent", agent), ("Cookie", cookie)));

        Assert.All(site.Exposures.Skip(1), exposure => Assert.Equal((null, "no-subject"), (exposure.SubjectId, exposure.SelectionReason)));
        Assert.Contains("recognized as automated", Assert.Single(site.Logs, record => record.Id.Name == "AutomatedRequest").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0")]
    [InlineData("Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36")]
    [InlineData("BottleShop/3.1 (iPhone)")]
    [InlineData("Shop/3.1 okhttp/4.12")]
    [InlineData("bo")]
    [InlineData("")]
    public async Task A_person_is(string agent)
    {
        await using var site = await WebFixture.StartAsync();

        Assert.NotNull((await site.GetAsync("/", ("User-Agent", agent))).SetCookie);
    }

    [Fact]
    public async Task A_signed_in_user_is_a_subject_whatever_the_program()
    {
        await using var site = await WebFixture.StartAsync();

        await site.GetAsync("/", ("User-Agent", "curl/8.5.0"), ("Test-User", "u1"));

        Assert.Equal("u1", site.Exposures[0].SubjectId);
    }

    [Fact]
    public async Task A_rule_of_the_applications_own_decides_instead()
    {
        await using var all = await WebFixture.StartAsync(options => options.IsAutomatedRequest = null);
        await using var own = await WebFixture.StartAsync(options => options.IsAutomatedRequest = context => context.Request.Headers.ContainsKey("X-Probe"));

        Assert.NotNull((await all.GetAsync("/", ("User-Agent", "Googlebot/2.1"))).SetCookie);
        Assert.NotNull((await own.GetAsync("/", ("User-Agent", "Googlebot/2.1"))).SetCookie);
        Assert.Null((await own.GetAsync("/", ("X-Probe", "1"))).SetCookie);
    }

    [Fact]
    public void Only_the_beginning_of_a_long_header_is_searched()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.UserAgent = new string('x', 508) + " bot";
        Assert.True(AutomatedRequests.IsKnown(context));

        context.Request.Headers.UserAgent = new string('x', 509) + " bot";
        Assert.False(AutomatedRequests.IsKnown(context));
    }
}
