using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>Who may see the dashboard.</summary>
public sealed class AccessTests
{
    private const string Policy = "experimenters";

    public static TheoryData<string> Paths =>
    [
        "/experiments", "/experiments/detail?name=checkout-pricing", "/experiments/series?name=checkout-pricing", "/experiments/event?name=checkout-pricing", "/experiments/export?table=experiments&format=csv",
        "/experiments/results?name=checkout-pricing", "/experiments/api/experiments", "/experiments/api/experiment?name=checkout-pricing", "/experiments/updates", "/experiments/updates?name=checkout-pricing", "/experiments/assets/dashboard.js",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task In_production_nothing_is_shown_to_who_is_not_signed_in_or_not_allowed(string path)
    {
        await using var dashboard = await Dashboard.StartAsync("Production", Services, static options => options.AuthorizationPolicy = Policy);
        dashboard.ExposeMany(10);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(dashboard, path, user: null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(dashboard, path, "anyone"));
    }

    [Fact]
    public async Task In_production_the_policy_lets_in()
    {
        await using var dashboard = await Dashboard.StartAsync("Production", Services, section: [("AuthorizationPolicy", Policy)]);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(dashboard, "/experiments", "analyst"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(dashboard, "/experiments", "anyone"));
    }

    [Fact]
    public async Task Without_a_named_policy_the_default_one_asks_for_a_user()
    {
        await using var dashboard = await Dashboard.StartAsync("Production", Services);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(dashboard, "/experiments", user: null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(dashboard, "/experiments", "anyone"));
    }

    [Fact]
    public async Task In_development_it_is_open_unless_a_policy_is_named()
    {
        await using var open = await Dashboard.StartAsync();
        await using var closed = await Dashboard.StartAsync("Development", Services, static options => options.AuthorizationPolicy = Policy);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(open, "/experiments", user: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(closed, "/experiments", user: null));
    }

    [Fact]
    public async Task It_is_open_in_production_if_that_is_asked_for_even_under_a_fallback_policy()
    {
        await using var dashboard = await Dashboard.StartAsync(
            "Production",
            static services =>
            {
                Services(services);
                services.AddAuthorizationBuilder().SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            },
            static options => options.AllowAnonymous = true);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(dashboard, "/experiments", user: null));
    }

    [Theory]
    [InlineData("Development", false)]
    [InlineData("Production", true)]
    public async Task What_the_application_requires_of_the_endpoints_stays_required_where_the_dashboard_is_open(string environment, bool allowsAnonymous)
    {
        await using var dashboard = await Dashboard.StartAsync(new Dashboard.Setup
        {
            Environment = environment,
            Services = Services,
            Options = options => options.AllowAnonymous = allowsAnonymous,
            Map = static endpoints => endpoints.RequireAuthorization(Policy),
        });

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(dashboard, "/experiments", user: null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(dashboard, "/experiments/updates", "anyone"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(dashboard, "/experiments", "analyst"));
    }

    [Fact]
    public async Task A_requirement_that_the_application_adds_to_the_endpoints_stays_required_where_the_dashboard_is_open()
    {
        await using var dashboard = await Dashboard.StartAsync(new Dashboard.Setup { Services = Services, Map = static endpoints => endpoints.WithMetadata(new AnalystAttribute()) });

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(dashboard, "/experiments", "anyone"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(dashboard, "/experiments", "analyst"));
    }

    [Fact]
    public async Task What_authorization_lacks_stops_the_start_with_the_policy_and_the_remedy()
    {
        var nothing = await FailureAsync(static _ => { });
        var noScheme = await FailureAsync(static services => services.AddAuthorization());
        var noSchemeForPolicy = await FailureAsync(
            static services => services.AddAuthorizationBuilder().AddPolicy(Policy, static policy => policy.RequireRole("analyst")), static options => options.AuthorizationPolicy = Policy);
        var noPolicy = await FailureAsync(static services => services.AddAuthorization(), static options => options.AuthorizationPolicy = Policy);

        Assert.StartsWith("MapExperiments() requires the default authorization policy (ExperimentDashboardOptions.AuthorizationPolicy sets another one) outside development, but authorization is not registered. Call services.AddAuthorization().", nothing, StringComparison.Ordinal);
        Assert.Contains("but authentication is not registered", noScheme, StringComparison.Ordinal);
        Assert.StartsWith("MapExperiments() requires the authorization policy 'experimenters' (ExperimentDashboardOptions.AuthorizationPolicy), but authentication is not registered", noSchemeForPolicy, StringComparison.Ordinal);
        Assert.StartsWith("MapExperiments() requires the authorization policy 'experimenters' (ExperimentDashboardOptions.AuthorizationPolicy), which is not registered.", noPolicy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_read_model_the_error_names_the_remedy()
    {
        await using var app = WebApplication.CreateBuilder().Build();

        Assert.StartsWith("MapExperiments() requires a read model. Call services.AddExperimentMonitor()", Assert.Throws<InvalidOperationException>(() => app.MapExperiments()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UpdateInterval", "00:00:00.5", "Configuration value 'DataPlane:Dashboard:UpdateInterval' is 00:00:00.5000000; it must be from ")]
    [InlineData("MaxClients", "-1", "Configuration value 'DataPlane:Dashboard:MaxClients' is -1; it must be from 0 to 10000.")]
    [InlineData("AuthorizationPolicy", " ", "ExperimentDashboardOptions.AuthorizationPolicy is empty")]
    [InlineData("Policy", "x", "Configuration key 'DataPlane:Dashboard:Policy' is unknown")]
    public async Task A_section_that_is_not_understood_stops_the_start(string key, string value, string message) =>
        Assert.StartsWith(message, (await Assert.ThrowsAnyAsync<Exception>(() => Dashboard.StartAsync(section: [(key, value)]))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_policy_beside_open_access_is_refused() => Assert.Contains(
        "the policy 'experimenters' would have no effect",
        (await Assert.ThrowsAnyAsync<Exception>(() => Dashboard.StartAsync(options: static options => (options.AllowAnonymous, options.AuthorizationPolicy) = (true, Policy)))).Message,
        StringComparison.Ordinal);

    private static async Task<string> FailureAsync(Action<IServiceCollection> services, Action<ExperimentDashboardOptions>? options = null) =>
        (await Assert.ThrowsAsync<InvalidOperationException>(() => Dashboard.StartAsync("Production", services, options))).Message;

    private static async Task<HttpStatusCode> StatusAsync(Dashboard dashboard, string path, string? user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (user is not null)
        {
            request.Headers.Add("X-User", user);
        }

        using var response = await dashboard.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static void Services(IServiceCollection services)
    {
        services.AddAuthentication("header").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("header", null);
        services.AddAuthorizationBuilder().AddPolicy(Policy, static policy => policy.RequireUserName("analyst"));
    }

    /// <summary>Requires an analyst without naming a policy.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class AnalystAttribute : Attribute, IAuthorizationRequirementData
    {
        public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new NameAuthorizationRequirement("analyst")];
    }

    /// <summary>Takes the user from a header.</summary>
    private sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers["X-User"].ToString() is { Length: > 0 } user
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], Scheme.Name)), Scheme.Name))
            : AuthenticateResult.NoResult());
    }
}
