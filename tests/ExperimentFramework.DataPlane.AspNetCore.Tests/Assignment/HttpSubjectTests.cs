using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class HttpSubjectTests
{
    [Fact]
    public async Task A_signed_in_user_goes_before_the_header_and_the_header_before_the_cookie()
    {
        await using var site = await WebFixture.StartAsync(options => options.Header = "X-Device");

        Assert.Null((await site.GetAsync("/", ("Test-User", "u1"), ("X-Device", "d1"))).SetCookie);
        Assert.Null((await site.GetAsync("/", ("X-Device", "d1"))).SetCookie);
        Assert.NotNull((await site.GetAsync()).SetCookie);

        Assert.Equal(["user", "device", "visitor"], site.Exposures.Select(exposure => exposure.SubjectType));
        Assert.Equal(["u1", "d1"], site.Exposures.Take(2).Select(exposure => exposure.SubjectId));
    }

    [Fact]
    public async Task Claim_header_and_types_are_what_the_options_say()
    {
        await using var site = await WebFixture.StartAsync(options =>
        {
            (options.UserClaim, options.UserSubjectType) = ("sub", "account");
            (options.Header, options.HeaderSubjectType) = ("X-Session", "session");
            options.CookieName = null;
        });

        await site.GetAsync("/", ("Test-sub", "a1"));
        await site.GetAsync("/", ("X-Session", "s1"));
        Assert.Null((await site.GetAsync()).SetCookie);

        Assert.Equal(
            [("a1", "account"), ("s1", "session"), (null, null)],
            site.Exposures.Select(exposure => (exposure.SubjectId, exposure.SubjectType)));
    }

    [Fact]
    public async Task A_header_counts_only_where_it_is_named()
    {
        await using var site = await WebFixture.StartAsync();

        Assert.NotNull((await site.GetAsync("/", ("X-Device", "d1"))).SetCookie);
    }

    [Fact]
    public async Task A_claim_of_somebody_who_is_not_signed_in_does_not_count()
    {
        await using var site = await WebFixture.StartAsync();

        await site.GetAsync("/", ("Test-Stranger", "u1"));

        Assert.Equal("visitor", site.Exposures[0].SubjectType);
    }

    [Fact]
    public async Task The_tenant_comes_from_its_claim_and_else_from_the_route()
    {
        await using var site = await WebFixture.StartAsync(options => (options.TenantClaim, options.TenantRouteValue) = ("tenant", "shop"));

        await site.GetAsync("/acme/banner", ("Test-User", "u1"), ("Test-tenant", "umbrella"));
        await site.GetAsync("/acme/banner", ("Test-User", "u1"));
        await site.GetAsync("/", ("Test-User", "u1"));

        Assert.Equal(["umbrella", "acme", null], site.Exposures.Select(exposure => exposure.TenantId));
    }

    [Fact]
    public async Task Nothing_is_read_outside_a_request()
    {
        await using var site = await WebFixture.StartAsync(options => options.TenantRouteValue = "shop");
        await site.GetAsync("/acme/banner", ("Test-User", "u1"));
        await using var scope = site.Services.CreateAsyncScope();

        Assert.Equal("plain", scope.ServiceProvider.GetRequiredService<IBanner>().Text());

        Assert.Equal((null, null, "no-subject"), (site.Exposures[^1].SubjectId, site.Exposures[^1].TenantId, site.Exposures[^1].SelectionReason));
    }

    [Fact]
    public async Task Half_of_a_surrogate_pair_in_an_id_is_one_subject_wherever_it_is_written()
    {
        await using var site = await WebFixture.StartAsync(options => options.TenantClaim = "tenant", configure: application => application.Use((context, next) =>
        {
            context.User.AddIdentity(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "u\ud800"), new Claim("tenant", "\udc00 t")], "test"));
            return next(context);
        }));

        await site.GetAsync();

        Assert.Equal(("u\ufffd", "\ufffd t"), (site.Exposures[0].SubjectId, site.Exposures[0].TenantId));
    }

    [Fact]
    public async Task A_well_formed_id_of_any_script_stays_as_it_is()
    {
        await using var site = await WebFixture.StartAsync(configure: application => application.Use((context, next) =>
        {
            context.User.AddIdentity(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "Zoë \ud83d\ude42")], "test"));
            return next(context);
        }));

        await site.GetAsync();

        Assert.Equal("Zoë \ud83d\ude42", site.Exposures[0].SubjectId);
    }

    [Theory]
    [InlineData("d1", "d1", "device")]
    [InlineData("d1", "d2", "visitor")]
    [InlineData("d2", "d1", "visitor")]
    public async Task A_header_that_comes_twice_counts_only_if_both_say_the_same(string first, string second, string subjectType)
    {
        await using var site = await WebFixture.StartAsync(options => options.Header = "X-Device");

        await site.GetAsync("/", ("X-Device", first), ("X-Device", second));

        Assert.Equal(subjectType, site.Exposures[0].SubjectType);
    }

    public static TheoryData<Action<HttpSubjectOptions>, string> WrongOptions => new()
    {
        { options => (options.UserClaim, options.CookieName) = (null, null), "HttpSubjectOptions has no source of the subject. Set UserClaim, Header or CookieName." },
        { options => options.UserClaim = " ", "HttpSubjectOptions.UserClaim is empty. Give it a value." },
        { options => options.Header = "", "HttpSubjectOptions.Header is ''; it must be a token of RFC 9110, section 5.6.2: letters, digits and !#$%&'*+-.^_`|~." },
        { options => options.Header = "X Device", "HttpSubjectOptions.Header is 'X Device'; it must be a token of RFC 9110, section 5.6.2: letters, digits and !#$%&'*+-.^_`|~." },
        { options => options.UserSubjectType = null!, "HttpSubjectOptions.UserSubjectType is null. Give it a value." },
        { options => options.HeaderSubjectType = null!, "HttpSubjectOptions.HeaderSubjectType is null. Give it a value." },
        { options => options.VisitorSubjectType = null!, "HttpSubjectOptions.VisitorSubjectType is null. Give it a value." },
        {
            options => options.CookieDomain = "https://shop.example",
            "HttpSubjectOptions.CookieDomain is 'https://shop.example'; it must be a host name in ASCII without scheme, port or path, such as shop.example, or null."
        },
        { options => options.CookiePath = null!, "HttpSubjectOptions.CookiePath is null; it must begin with a slash." },
        { options => options.VisitorSubjectType = "", "HttpSubjectOptions.VisitorSubjectType is empty. Give it a value." },
        { options => options.CookieName = "a;b", "HttpSubjectOptions.CookieName is 'a;b'; it must be a token of RFC 9110" },
        { options => options.CookieLifetime = TimeSpan.Zero, "HttpSubjectOptions.CookieLifetime is 00:00:00; it must be more than 0 and at most 400 days." },
        { options => options.CookieLifetime = TimeSpan.FromDays(401), "HttpSubjectOptions.CookieLifetime is 401.00:00:00" },
        { options => options.CookieSameSite = SameSiteMode.Unspecified, "HttpSubjectOptions.CookieSameSite is Unspecified; it must be Lax, Strict or None." },
        { options => options.SignedInVisitors = (SignedInVisitors)2, "HttpSubjectOptions.SignedInVisitors is 2; it must be BecomeUsers or StayVisitors." },
        { options => options.CookiePath = "shop", "HttpSubjectOptions.CookiePath is 'shop'; it must begin with a slash." },
    };

    [Theory]
    [InlineData(1)]
    [InlineData(400 * TimeSpan.TicksPerDay)]
    public async Task A_lifetime_at_the_edge_of_its_range_is_right(long ticks)
    {
        await using var site = await WebFixture.StartAsync(options => options.CookieLifetime = TimeSpan.FromTicks(ticks));

        Assert.NotNull((await site.GetAsync()).SetCookie);
    }

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public async Task A_wrong_option_stops_the_host(Action<HttpSubjectOptions> configure, string message)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => WebFixture.StartAsync(configure));

        Assert.StartsWith(message, Assert.Single(error.Failures), StringComparison.Ordinal);
    }
}
