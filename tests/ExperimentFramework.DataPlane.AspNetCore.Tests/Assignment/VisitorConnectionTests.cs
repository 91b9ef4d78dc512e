using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class VisitorConnectionTests
{
    [Fact]
    public async Task Parallel_first_requests_of_one_connection_are_one_visitor_where_browsers_connect_directly()
    {
        await using var application = await StartAsync(options => options.OneVisitorPerConnection = true);
        using var browser = Browser(application);
        using var another = Browser(application);

        // Without a connection, requests that begin at once may open several.
        await browser.GetStringAsync(new Uri("/connect", UriKind.Relative));
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => browser.GetStringAsync(new Uri("/", UriKind.Relative))));

        Assert.Equal(32, Assert.Single(ids.Distinct()).Length);
        Assert.NotEqual(ids[0], await another.GetStringAsync(new Uri("/", UriKind.Relative)));
    }

    [Fact]
    public async Task By_default_a_connection_says_nothing_because_a_proxys_carries_many_people()
    {
        await using var application = await StartAsync(_ => { });
        using var proxy = Browser(application);

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => proxy.GetStringAsync(new Uri("/", UriKind.Relative))));

        Assert.Equal(8, ids.Distinct().Count());
    }

    [Fact]
    public async Task Where_the_server_says_nothing_of_connections_each_request_is_a_visitor()
    {
        await using var site = await WebFixture.StartAsync(options => options.OneVisitorPerConnection = true);

        await site.GetAsync();
        await site.GetAsync();

        Assert.Equal(2, site.Exposures.Select(exposure => exposure.SubjectId).Distinct().Count());
    }

    private static async Task<WebApplication> StartAsync(Action<HttpSubjectOptions> options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddHttpSubjectIdentity(options);
        var application = builder.Build();
        application.MapGet("/connect", () => "");
        application.MapGet("/", (ISubjectIdentityProvider identity) => identity.TryGetSubjectId(out var id) ? id : "");
        await application.StartAsync();
        return application;
    }

    private static HttpClient Browser(WebApplication application) => new(new SocketsHttpHandler { UseCookies = false })
    {
        BaseAddress = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(60),
    };
}
