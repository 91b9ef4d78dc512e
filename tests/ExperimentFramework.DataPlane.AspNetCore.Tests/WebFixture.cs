using System.Collections.Concurrent;
using System.Security.Claims;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests;

/// <summary>A web application with an experiment on its banner, in a test host. The header <c>Test-User</c> signs a user in.</summary>
internal sealed class WebFixture : IAsyncDisposable
{
    private readonly WebApplication _application;

    private WebFixture(WebApplication application)
    {
        _application = application;
        Client = application.GetTestClient();
        Client.BaseAddress = new Uri("https://shop.example");
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _application.Services;

    public IReadOnlyList<ExposureEvent> Exposures =>
        [.. Services.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>()];

    public IReadOnlyList<AssignmentEvent> Changes =>
        [.. Services.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).OfType<AssignmentEvent>()];

    /// <summary>What the data plane has logged, but for the line about each experiment at the start.</summary>
    public IReadOnlyList<FakeLogRecord> Logs =>
        [.. Services.GetRequiredService<FakeLogCollector>().GetSnapshot().Where(record =>
            record.Category!.StartsWith("ExperimentFramework.", StringComparison.Ordinal) && record.Id.Name != "ExperimentRegistered")];

    public static async Task<WebFixture> StartAsync(
        Action<HttpSubjectOptions>? options = null,
        Action<TrialBuilder<IBanner>>? trial = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? configure = null,
        string environment = "Production")
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders().AddFakeLogging();
        builder.WebHost.UseTestServer();
        builder.Services.AddDataProtection();
        builder.Services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new KeysInMemory());
        builder.Services.AddHttpSubjectIdentity(options);
        builder.Services.AddSingleton<PlainBanner>().AddSingleton<BoldBanner>();
        builder.Services.AddInMemoryDataBackplane();
        services?.Invoke(builder.Services);
        builder.Services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IBanner>(banner =>
        {
            banner.AddControl<PlainBanner>().AddVariant<BoldBanner>("bold");
            trial?.Invoke(banner);
        }));
        var application = builder.Build();
        application.Use((context, next) =>
        {
            foreach (var header in context.Request.Headers.Where(header => header.Key.StartsWith("Test-", StringComparison.Ordinal)))
            {
                var (type, isSignedIn) = header.Key switch
                {
                    "Test-User" => (ClaimTypes.NameIdentifier, true),
                    "Test-Stranger" => (ClaimTypes.NameIdentifier, false),
                    _ => (header.Key["Test-".Length..], true),
                };
                context.User.AddIdentity(new ClaimsIdentity([new Claim(type, header.Value.ToString())], isSignedIn ? "test" : null));
            }

            return next(context);
        });
        configure?.Invoke(application);
        application.MapGet("/", (IBanner banner) => banner.Text());
        application.MapGet("/{shop}/banner", (IBanner banner) => banner.Text());
        await application.StartAsync();
        return new WebFixture(application);
    }

    /// <summary>Asks for the banner.</summary>
    /// <returns>Its text, and the <c>Set-Cookie</c> header; null where there was none.</returns>
    public async Task<(string Text, string? SetCookie)> GetAsync(string path = "/", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsStringAsync(), response.Headers.TryGetValues("Set-Cookie", out var cookies) ? Assert.Single(cookies) : null);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
    }

    /// <summary>Leaves nothing on the machine.</summary>
    private sealed class KeysInMemory : IXmlRepository
    {
        private readonly ConcurrentQueue<XElement> _elements = new();

        public IReadOnlyCollection<XElement> GetAllElements() => [.. _elements];

        public void StoreElement(XElement element, string friendlyName) => _elements.Enqueue(element);
    }
}

[ExposureLogged("banner")]
public interface IBanner
{
    string Text();
}

public sealed class PlainBanner : IBanner
{
    public string Text() => "plain";
}

public sealed class BoldBanner : IBanner
{
    public string Text() => "bold";
}
