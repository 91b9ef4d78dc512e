using System.Collections;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class VisitorCookieTests
{
    [Fact]
    public async Task An_anonymous_visitor_is_the_same_subject_over_requests()
    {
        await using var site = await WebFixture.StartAsync();

        var (text, setCookie) = await site.GetAsync();
        var cookie = CookieOf(setCookie);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal((text, null), await site.GetAsync("/", ("Cookie", cookie)));
        }

        Assert.Equal(6, site.Exposures.Count);
        Assert.Single(site.Exposures.Select(exposure => exposure.SubjectId).Distinct());
        Assert.All(site.Exposures, exposure => Assert.Equal("visitor", exposure.SubjectType));
    }

    [Fact]
    public async Task Visitors_without_the_cookie_are_different_subjects_and_the_id_is_not_in_the_cookie()
    {
        await using var site = await WebFixture.StartAsync();

        var cookies = new[] { (await site.GetAsync()).SetCookie!, (await site.GetAsync()).SetCookie! };

        Assert.Equal(2, site.Exposures.Select(exposure => exposure.SubjectId).Distinct().Count());
        Assert.All(site.Exposures, exposure => Assert.All(cookies, cookie => Assert.DoesNotContain(exposure.SubjectId!, cookie, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_visitor_stays_on_the_variant_that_the_policy_keeps_for_it()
    {
        var selector = new Answering("bold");
        await using var site = await WebFixture.StartAsync(
            trial: trial => trial.Using(selector).WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddInMemoryAssignmentStore());
        var (text, setCookie) = await site.GetAsync();
        selector.Variant = "control";

        Assert.Equal("bold", text);
        Assert.Equal("bold", (await site.GetAsync("/", ("Cookie", CookieOf(setCookie)))).Text);
        Assert.Equal("plain", (await site.GetAsync()).Text);
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_connections()
    {
        await using var site = await WebFixture.StartAsync(options =>
        {
            options.CookieName = "visitor";
            options.CookieLifetime = TimeSpan.FromDays(10);
            options.CookieDomain = "shop.example";
            options.CookiePath = "/shop";
            options.CookieSameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict;
        });

        var cookie = SetCookieHeaderValue.Parse((await site.GetAsync()).SetCookie);

        Assert.Equal("visitor", cookie.Name.ToString());
        Assert.True(cookie.HttpOnly);
        Assert.True(cookie.Secure);
        Assert.Equal(Microsoft.Net.Http.Headers.SameSiteMode.Strict, cookie.SameSite);
        Assert.Equal((TimeSpan.FromDays(10), "shop.example", "/shop"), (cookie.MaxAge, cookie.Domain.ToString(), cookie.Path.ToString()));
    }

    [Fact]
    public async Task The_cookie_is_lax_by_default()
    {
        await using var site = await WebFixture.StartAsync();

        var cookie = SetCookieHeaderValue.Parse((await site.GetAsync()).SetCookie);

        Assert.Equal(("dataplane-visitor", Microsoft.Net.Http.Headers.SameSiteMode.Lax, true, true), (cookie.Name.ToString(), cookie.SameSite, cookie.HttpOnly, cookie.Secure));
    }

    [Fact]
    public async Task A_forged_cookie_is_replaced_and_never_trusted()
    {
        await using var site = await WebFixture.StartAsync();
        await site.GetAsync();
        var victim = site.Exposures[0].SubjectId!;
        var elsewhere = site.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("another purpose").Protect(victim);

        foreach (var forged in new[] { victim, Uri.EscapeDataString(elsewhere), Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(victim)) })
        {
            var (_, setCookie) = await site.GetAsync("/", ("Cookie", $"dataplane-visitor={forged}"));

            Assert.NotNull(setCookie);
            Assert.NotEqual(victim, site.Exposures[^1].SubjectId);
            Assert.NotEqual(forged, site.Exposures[^1].SubjectId);
        }
    }

    [Fact]
    public async Task A_cookie_damaged_anywhere_is_replaced()
    {
        await using var site = await WebFixture.StartAsync();
        var value = CookieOf((await site.GetAsync()).SetCookie)["dataplane-visitor=".Length..];

        // The last character holds fewer than six bits that count.
        await Gen.Int[0, value.Length - 2].SampleAsync(async position =>
        {
            var damaged = value[..position] + (value[position] == 'A' ? 'B' : 'A') + value[(position + 1)..];
            var (_, setCookie) = await site.GetAsync("/", ("Cookie", $"dataplane-visitor={damaged}"));
            Assert.NotNull(setCookie);
        }, iter: 100, threads: 1);
        foreach (var cut in new[] { 0, 1, value.Length / 2, value.Length - 4 })
        {
            Assert.NotNull((await site.GetAsync("/", ("Cookie", $"dataplane-visitor={value[..cut]}"))).SetCookie);
        }

        Assert.Single(site.Exposures, exposure => exposure.SubjectId == site.Exposures[0].SubjectId);
    }

    [Fact]
    public async Task All_calls_of_one_request_belong_to_one_visitor()
    {
        await using var site = await WebFixture.StartAsync(configure: application => application.MapGet("/many", async (HttpContext context) =>
        {
            // The context itself creates its services when it is first asked for them, and is not for several threads.
            var services = context.RequestServices;
            await Parallel.ForAsync(0, 50, (_, _) =>
            {
                using var scope = services.CreateScope();
                scope.ServiceProvider.GetRequiredService<IBanner>().Text();
                return ValueTask.CompletedTask;
            });
        }));

        var (_, setCookie) = await site.GetAsync("/many");

        Assert.NotNull(setCookie);
        Assert.Equal(50, site.Exposures.Count);
        Assert.Single(site.Exposures.Select(exposure => exposure.SubjectId).Distinct());
    }

    // The limit matters only if something other than a lock on the context keeps the calls apart: they would wait for each other without end.
    [Fact(Timeout = 60_000)]
    public async Task Two_calls_that_come_first_in_a_request_at_the_same_time_belong_to_one_visitor()
    {
        var token = TestContext.Current.CancellationToken;
        var haveMet = false;
        await using var site = await WebFixture.StartAsync(configure: application => application.MapGet("/both", async (HttpContext context) =>
        {
            var accessor = context.RequestServices.GetRequiredService<IHttpContextAccessor>();
            var banner = context.RequestServices.GetRequiredService<IBanner>();
            using var features = new MeetingFeatures(context.Features, token);
            features.Context.RequestServices = context.RequestServices;
            accessor.HttpContext = features.Context;
            using var start = new Barrier(2);
            await Task.WhenAll(CallAsync(), CallAsync());
            haveMet = features.HaveMet;

            // On a thread of its own: one of a busy pool may begin when the other call has ended.
            Task CallAsync() => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(token);
                    banner.Text();
                },
                token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }));

        await site.GetAsync("/both");

        Assert.False(haveMet);
        Assert.Single(site.Exposures.Select(exposure => exposure.SubjectId).Distinct());
    }

    [Fact]
    public async Task Where_the_response_has_begun_the_visitor_is_unknown_instead_of_another_one_each_time()
    {
        await using var site = await WebFixture.StartAsync(configure: application => application.MapGet("/late", async (HttpContext context, IBanner banner) =>
        {
            await context.Response.StartAsync();
            await context.Response.WriteAsync(banner.Text());
        }));

        Assert.Equal(("plain", null), await site.GetAsync("/late"));
        Assert.Equal((null, "no-subject"), (site.Exposures[0].SubjectId, site.Exposures[0].SelectionReason));
        Assert.Empty(site.Logs);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Where_consent_is_asked_for_only_an_essential_cookie_is_set_without_it(bool isEssential, bool isSet)
    {
        await using var site = await WebFixture.StartAsync(
            options => options.CookieIsEssential = isEssential,
            services: services => services.Configure<CookiePolicyOptions>(policy => policy.CheckConsentNeeded = _ => true),
            configure: application => application.UseCookiePolicy());

        var (_, setCookie) = await site.GetAsync();

        Assert.Equal((isSet, isSet), (setCookie is not null, site.Exposures[0].SubjectId is not null));
    }

    private static string CookieOf(string? setCookie)
    {
        var cookie = SetCookieHeaderValue.Parse(setCookie);
        return $"{cookie.Name}={cookie.Value}";
    }

    private sealed class Answering(string variant) : IVariantSelector
    {
        public string Variant { get; set; } = variant;

        public VariantSelection Select(in SelectionContext context) => new(Variant, "computed");
    }

    /// <summary>The features of a request, in which two calls that ask for items that do not exist yet meet, unless its context is locked.</summary>
    private sealed class MeetingFeatures : IFeatureCollection, IDisposable
    {
        private readonly IFeatureCollection _features;
        private readonly CancellationToken _end;
        private readonly Barrier _meeting = new(2);

        public MeetingFeatures(IFeatureCollection features, CancellationToken end)
        {
            _features = features;
            _end = end;
            Context = new DefaultHttpContext(this);
        }

        public HttpContext Context { get; }

        public bool HaveMet => _meeting.CurrentPhaseNumber > 0;

        public bool IsReadOnly => false;

        public int Revision => _features.Revision;

        public object? this[Type key]
        {
            get => _features[key];
            set => _features[key] = value;
        }

        public TFeature? Get<TFeature>()
        {
            var feature = _features.Get<TFeature>();
            if (feature is null && typeof(TFeature) == typeof(IItemsFeature) && !Monitor.IsEntered(Context))
            {
                _meeting.SignalAndWait(_end);
            }

            return feature;
        }

        public void Set<TFeature>(TFeature? instance) => _features.Set(instance);

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public void Dispose() => _meeting.Dispose();
    }
}
