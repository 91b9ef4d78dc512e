using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Net.Http.Headers;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class VariantOverrideTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData("bold", "bold")]
    [InlineData("BOLD", "bold")]
    [InlineData("control", "plain")]
    public async Task A_link_shows_a_tester_the_variant_that_it_names(string variant, string text)
    {
        await using var site = await OverrideSite();

        var (answered, setCookie) = await site.GetAsync($"/?dataplane-override={TokenOf(site, "banner", variant)}");

        Assert.Equal(text, answered);
        Assert.NotNull(setCookie);
        Assert.Equal(("override", "override:call", "visitor"), (site.Exposures[0].SelectionReason, site.Exposures[0].RulePath, site.Exposures[0].SubjectType));
    }

    [Fact]
    public async Task The_query_goes_before_the_header_and_the_header_before_the_cookie()
    {
        await using var site = await OverrideSite(options => (options.QueryParameter, options.Header, options.CookieName) = ("variant", "X-Variant", "variant"));
        var (bold, control) = (TokenOf(site, "banner", "bold"), TokenOf(site, "banner", "control"));

        Assert.Equal("bold", (await site.GetAsync($"/?variant={bold}", ("X-Variant", control), ("Cookie", $"variant={control}"))).Text);
        Assert.Equal("bold", (await site.GetAsync("/", ("X-Variant", bold), ("Cookie", $"variant={control}"))).Text);
        Assert.Equal("bold", (await site.GetAsync("/", ("Cookie", $"variant={bold}"))).Text);
        Assert.Equal("plain", (await site.GetAsync($"/?dataplane-override={bold}")).Text);
    }

    [Fact]
    public async Task A_link_with_two_tokens_of_one_experiment_keeps_the_first()
    {
        await using var site = await OverrideSite(services: services => services.Configure<HttpSubjectOptions>(options => options.CookieName = null), configure: application => application.UseVariantOverrides());
        var (bold, control) = (TokenOf(site, "banner", "bold"), TokenOf(site, "banner", "control"));

        var (text, setCookie) = await site.GetAsync($"/?dataplane-override={bold}&dataplane-override={control}");

        Assert.Equal("bold", text);
        Assert.Equal($"dataplane-override={bold}", setCookie!.Split(';')[0]);
    }

    [Fact]
    public async Task Places_that_are_switched_off_are_not_read()
    {
        await using var site = await OverrideSite(options => (options.Header, options.CookieName) = (null, null));
        var bold = TokenOf(site, "banner", "bold");

        Assert.Equal("plain", (await site.GetAsync("/", ("DataPlane-Override", bold), ("Cookie", $"dataplane-override={bold}"))).Text);
        Assert.Equal("bold", (await site.GetAsync($"/?dataplane-override={bold}")).Text);
    }

    [Fact]
    public async Task Without_the_registration_no_request_can_name_a_variant()
    {
        await using var site = await OverrideSite();
        await using var off = await WebFixture.StartAsync(trial: trial => trial.Using(new Plain()), services: services => services.AddSingleton(site.Services.GetRequiredService<IDataProtectionProvider>()));
        var bold = TokenOf(site, "banner", "bold");

        Assert.Equal("plain", (await off.GetAsync($"/?dataplane-override={bold}", ("DataPlane-Override", bold), ("Cookie", $"dataplane-override={bold}"))).Text);
        Assert.Equal("rule-match", off.Exposures[0].SelectionReason);
        var error = Assert.Throws<InvalidOperationException>(() => new ApplicationBuilder(off.Services).UseVariantOverrides());
        Assert.Equal("UseVariantOverrides() requires services.AddHttpVariantOverrides().", error.Message);
    }

    [Fact]
    public async Task A_token_counts_until_it_expires_and_no_longer()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var site = await OverrideSite(services: services => services.AddSingleton<TimeProvider>(time));
        var bold = TokenOf(site, "banner", "bold");

        time.Advance(Hour - TimeSpan.FromTicks(1));
        Assert.Equal("bold", (await site.GetAsync($"/?dataplane-override={bold}")).Text);
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("plain", (await site.GetAsync($"/?dataplane-override={bold}")).Text);
    }

    [Fact]
    public async Task A_forged_damaged_or_foreign_token_names_nothing_and_is_a_line_a_minute_without_it()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var site = await OverrideSite(services: services => services.AddSingleton<TimeProvider>(time));
        await using var elsewhere = await OverrideSite();
        var bold = TokenOf(site, "banner", "bold");
        var visitor = (await site.GetAsync()).SetCookie!.Split(';')[0]["dataplane-visitor=".Length..];
        string[] forged =
        [
            "banner", "banner.bold", "%00", "ü", new('A', 1_536), new('A', 10_000), bold[..^1], bold + "A", "A" + bold[1..],
            bold[..40] + (bold[40] == 'A' ? 'B' : 'A') + bold[41..], TokenOf(elsewhere, "banner", "bold"), visitor,
        ];

        foreach (var token in forged)
        {
            Assert.Equal("plain", (await site.GetAsync($"/?dataplane-override={token}")).Text);
            Assert.Equal("plain", (await site.GetAsync("/", ("Cookie", $"dataplane-override={token}"))).Text);
        }

        Assert.All(site.Exposures, exposure => Assert.Equal("rule-match", exposure.SelectionReason));
        var line = Assert.Single(site.Logs);
        Assert.Equal((87, LogLevel.Warning, null, "1"), (line.Id.Id, line.Level, line.Exception, line.GetStructuredStateValue("Count")));
        time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.Holds(() => site.Logs.Count == 2);
        Assert.Equal("23", site.Logs[1].GetStructuredStateValue("Count"));
    }

    [Fact]
    public async Task A_token_of_another_experiment_leaves_this_one_alone_and_several_may_come_at_once()
    {
        await using var site = await OverrideSite();
        var (other, bold) = (TokenOf(site, "other", "control"), TokenOf(site, "banner", "bold"));

        Assert.Equal("plain", (await site.GetAsync($"/?dataplane-override={other}")).Text);
        Assert.Equal("bold", (await site.GetAsync($"/?dataplane-override={other}&dataplane-override={bold}")).Text);
        Assert.Equal("bold", (await site.GetAsync("/", ("Cookie", $"dataplane-override={other}.{bold}"))).Text);
        Assert.Equal("plain", (await site.GetAsync("/", ("Cookie", $"dataplane-override={string.Concat(Enumerable.Repeat(other + ".", 8))}{bold}"))).Text);
        Assert.Equal("rule-match", site.Exposures[0].SelectionReason);
    }

    [Fact]
    public async Task A_variant_that_does_not_exist_is_logged_once_and_the_experiment_decides()
    {
        await using var site = await OverrideSite();
        var gone = TokenOf(site, "banner", "gone");

        Assert.Equal("plain", (await site.GetAsync($"/?dataplane-override={gone}")).Text);
        Assert.Equal("plain", (await site.GetAsync($"/?dataplane-override={gone}")).Text);

        Assert.Equal(
            "Experiment banner ignores the override of a call because variant 'gone' does not exist. Use one of: control, bold.", Assert.Single(site.Logs).Message);
    }

    [Fact]
    public async Task The_cookie_keeps_a_link_for_the_pages_after_it_and_an_empty_link_ends_it()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var site = await OverrideSite(services: services => services.AddSingleton<TimeProvider>(time), configure: application =>
        {
            application.UseVariantOverrides();
            application.MapGet("/landing/page", () => "");
        });
        var bold = TokenOf(site, "banner", "bold");

        var kept = SetCookieHeaderValue.Parse((await site.GetAsync($"/landing/page?dataplane-override={bold}")).SetCookie);
        var cookie = $"{kept.Name}={kept.Value}";
        Assert.Equal(("dataplane-override", true, true, SameSiteMode.Lax), (kept.Name.ToString(), kept.HttpOnly, kept.Secure, kept.SameSite));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddYears(60) + Hour, kept.Expires);
        Assert.Equal("bold", (await site.GetAsync("/", ("Cookie", cookie))).Text);

        time.Advance(TimeSpan.FromMinutes(1));
        var both = SetCookieHeaderValue.Parse((await site.GetAsync($"/landing/page?dataplane-override={TokenOf(site, "other", "x")}", ("Cookie", cookie))).SetCookie);
        Assert.EndsWith("." + bold, both.Value.ToString(), StringComparison.Ordinal);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddYears(60).AddMinutes(1) + Hour, both.Expires);

        var ended = SetCookieHeaderValue.Parse((await site.GetAsync("/landing/page?dataplane-override=", ("Cookie", cookie))).SetCookie);
        Assert.Equal(("", true), (ended.Value.ToString(), ended.Expires <= DateTimeOffset.UnixEpoch));
        Assert.Null((await site.GetAsync("/landing/page?dataplane-override=forged")).SetCookie);
        Assert.Null((await site.GetAsync("/landing/page")).SetCookie);
    }

    [Fact]
    public async Task An_empty_link_ends_the_override_in_its_own_request_already()
    {
        await using var site = await OverrideSite();

        Assert.Equal("plain", (await site.GetAsync("/?dataplane-override=", ("Cookie", $"dataplane-override={TokenOf(site, "banner", "bold")}"))).Text);
    }

    [Fact]
    public async Task The_cookie_keeps_as_many_tokens_as_a_browser_takes()
    {
        await using var site = await OverrideSite(configure: application => application.UseVariantOverrides());
        var names = Enumerable.Range(0, 8).Select(i => new string('ü', 120) + i).ToArray();
        var query = string.Join("&", names.Select(name => $"dataplane-override={TokenOf(site, name, new string('ü', 120))}"));

        using var response = await site.Client.GetAsync(new Uri($"/?{query}", UriKind.Relative));
        var kept = SetCookieHeaderValue.Parse(Assert.Single(response.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("dataplane-override", StringComparison.Ordinal)));

        Assert.InRange(kept.Value.Length, 2_000, 3_500);
    }

    [Fact]
    public async Task An_override_is_not_written_to_the_store_and_ends_with_its_requests()
    {
        await using var site = await OverrideSite(
            services: services => services.AddInMemoryAssignmentStore(), trial: trial => trial.WithPolicy(AssignmentPolicy.SubjectSticky));

        var (text, setCookie) = await site.GetAsync($"/?dataplane-override={TokenOf(site, "banner", "bold")}");
        Assert.Equal("bold", text);

        Assert.Equal("plain", (await site.GetAsync("/", ("Cookie", setCookie!.Split(';')[0]))).Text);
    }

    [Theory]
    [InlineData(AssignmentPolicy.BestEffort)]
    [InlineData(AssignmentPolicy.SessionSticky)]
    [InlineData(AssignmentPolicy.SubjectSticky)]
    public async Task A_caller_whose_subject_is_unknown_sees_it_too(AssignmentPolicy policy)
    {
        await using var site = await OverrideSite(services: services => services.AddInMemoryAssignmentStore(), trial: trial => trial.WithPolicy(policy));

        Assert.Equal("bold", (await site.GetAsync($"/?dataplane-override={TokenOf(site, "banner", "bold")}", ("User-Agent", "curl/8"))).Text);

        Assert.Equal((null, "override"), (site.Exposures[0].SubjectId, site.Exposures[0].SelectionReason));
    }

    [Fact]
    public async Task A_token_is_made_only_within_its_bounds()
    {
        await using var site = await OverrideSite(options => options.MaxLifetime = Hour);
        var tokens = site.Services.GetRequiredService<VariantOverrideTokens>();
        var longest = new string('ü', 128);

        Assert.InRange(tokens.Create(longest, longest, Hour).Length, 1, 1_536);
        Assert.Equal("lifetime", Assert.Throws<ArgumentOutOfRangeException>(() => tokens.Create("banner", "bold", Hour + TimeSpan.FromTicks(1))).ParamName);
        Assert.Equal("lifetime", Assert.Throws<ArgumentOutOfRangeException>(() => tokens.Create("banner", "bold", TimeSpan.Zero)).ParamName);
        Assert.Equal("experimentName", Assert.Throws<ArgumentException>(() => tokens.Create("", "bold", Hour)).ParamName);
        Assert.Equal("variantKey", Assert.Throws<ArgumentException>(() => tokens.Create("banner", "", Hour)).ParamName);
        Assert.Equal("experimentName", Assert.Throws<ArgumentException>(() => tokens.Create(longest + "x", "bold", Hour)).ParamName);
        Assert.Equal("variantKey", Assert.Throws<ArgumentException>(() => tokens.Create("banner", longest + "x", Hour)).ParamName);
        Assert.Matches("^[A-Za-z0-9_-]+$", tokens.Create("banner", "bold", Hour));
    }

    public static TheoryData<Action<HttpVariantOverrideOptions>, string> WrongOptions => new()
    {
        { options => (options.QueryParameter, options.Header, options.CookieName) = (null, null, null), "HttpVariantOverrideOptions has no source of tokens. Set QueryParameter, Header or CookieName." },
        { options => options.QueryParameter = "a b", "HttpVariantOverrideOptions.QueryParameter is 'a b'; it must be a token of RFC 9110" },
        { options => options.Header = "", "HttpVariantOverrideOptions.Header is ''; it must be a token of RFC 9110" },
        { options => options.CookieName = "a;", "HttpVariantOverrideOptions.CookieName is 'a;'; it must be a token of RFC 9110" },
        { options => options.MaxLifetime = TimeSpan.Zero, "HttpVariantOverrideOptions.MaxLifetime is 00:00:00; it must be more than 0 and at most 90 days." },
        { options => options.MaxLifetime = TimeSpan.FromDays(90) + TimeSpan.FromTicks(1), "HttpVariantOverrideOptions.MaxLifetime is 90.00:00:00.0000001" },
    };

    [Fact]
    public async Task The_longest_lifetime_is_right()
    {
        await using var site = await OverrideSite(options => options.MaxLifetime = TimeSpan.FromDays(90));

        Assert.NotEmpty(site.Services.GetRequiredService<VariantOverrideTokens>().Create("banner", "bold", TimeSpan.FromDays(90)));
    }

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public async Task A_wrong_option_stops_the_host(Action<HttpVariantOverrideOptions> configure, string message)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => OverrideSite(configure));

        Assert.StartsWith(message, Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    private static string TokenOf(WebFixture site, string experiment, string variant) =>
        site.Services.GetRequiredService<VariantOverrideTokens>().Create(experiment, variant, Hour);

    private static Task<WebFixture> OverrideSite(
        Action<HttpVariantOverrideOptions>? options = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? configure = null,
        Action<TrialBuilder<IBanner>>? trial = null) => WebFixture.StartAsync(
            trial: banner =>
            {
                banner.Using(new Plain());
                trial?.Invoke(banner);
            },
            services: collection =>
            {
                collection.AddHttpVariantOverrides(options);
                services?.Invoke(collection);
            },
            configure: configure);

    private sealed class Plain : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => new("control", SelectionReasons.RuleMatch);
    }
}
