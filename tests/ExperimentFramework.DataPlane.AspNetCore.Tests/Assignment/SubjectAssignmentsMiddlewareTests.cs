using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class SubjectAssignmentsMiddlewareTests
{
    [Fact]
    public async Task An_endpoint_that_asks_has_its_assignments_before_its_calls_come()
    {
        var store = new CountingStore();
        await using var site = await StickySite(store, application =>
        {
            application.UseSubjectAssignments();
            application.MapGet("/asks", (IBanner banner) => banner.Text()).WithSubjectAssignments();
        });

        await site.GetAsync("/asks", ("Test-User", "u1"));
        await site.GetAsync("/asks", ("Test-User", "u1"));
        Assert.NotNull((await site.GetAsync("/asks")).SetCookie);

        Assert.Equal((2, 0), (store.Awaited, store.Blocking));
        Assert.Equal(3, site.Exposures.Count);
        Assert.Empty(site.Logs);
    }

    [Fact]
    public async Task Whoever_closes_the_connection_waits_no_longer()
    {
        var asked = new Asked();
        var aborted = CancellationToken.None;
        await using var site = await WebFixture.StartAsync(services: services => services.AddSingleton<ISubjectAssignments>(asked), configure: application =>
        {
            application.UseSubjectAssignments();
            application.MapGet("/asks", (HttpContext context) => { aborted = context.RequestAborted; }).WithSubjectAssignments();
        });

        await site.GetAsync("/asks");

        Assert.Equal((aborted, true), (asked.Token, aborted.CanBeCanceled));
    }

    [Fact]
    public async Task Health_probes_files_and_missing_pages_make_no_visitor_and_no_row()
    {
        var store = new CountingStore();
        await using var site = await StickySite(store, application =>
        {
            application.UseSubjectAssignments();
            application.MapGet("/asks", (IBanner banner) => banner.Text()).WithSubjectAssignments();
            application.MapGet("/health", () => "ok");
            application.Map("/robots.txt", file => file.Run(context => context.Response.WriteAsync("none")));
        });

        for (var i = 0; i < 10; i++)
        {
            foreach (var path in new[] { "/health", "/missing/page/of/nothing", "/robots.txt" })
            {
                using var response = await site.Client.GetAsync(new Uri(path, UriKind.Relative));
                Assert.False(response.Headers.Contains("Set-Cookie"));
            }
        }

        Assert.Equal((0, 0), (store.Awaited, store.Blocking));
    }

    [Fact]
    public async Task A_call_of_an_endpoint_that_does_not_ask_works_and_asks_for_itself()
    {
        var store = new CountingStore();
        await using var site = await StickySite(store, application =>
        {
            application.UseSubjectAssignments();
            application.MapGet("/asks", () => "").WithSubjectAssignments();
        });

        Assert.NotNull((await site.GetAsync()).SetCookie);

        Assert.Equal((0, 1), (store.Awaited, store.Blocking));
        Assert.NotNull(site.Exposures[0].SubjectId);
    }

    [Fact]
    public async Task The_attribute_asks_too_also_for_a_group()
    {
        var store = new CountingStore();
        await using var site = await StickySite(store, application =>
        {
            application.UseSubjectAssignments();
            application.MapGet("/marked", [PrefetchSubjectAssignments] (IBanner banner) => banner.Text());
            application.MapGroup("/group").WithSubjectAssignments().MapGet("/inner", (IBanner banner) => banner.Text());
        });

        await site.GetAsync("/marked", ("Test-User", "u1"));
        await site.GetAsync("/group/inner", ("Test-User", "u2"));

        Assert.Equal((2, 0), (store.Awaited, store.Blocking));
    }

    [Fact]
    public async Task Where_no_endpoint_asks_it_says_so_once()
    {
        await using var site = await WebFixture.StartAsync(configure: application => application.UseSubjectAssignments());

        await site.GetAsync();
        await site.GetAsync();

        Assert.StartsWith("UseSubjectAssignments() prefetches nothing because no endpoint is marked", Assert.Single(site.Logs).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_routing_it_says_so_once()
    {
        var store = new CountingStore();
        await using var site = await StickySite(store, application =>
        {
            application.UseSubjectAssignments();
            application.UseRouting();
            application.MapGet("/asks", (IBanner banner) => banner.Text()).WithSubjectAssignments();
        });

        await site.GetAsync("/asks");
        await site.GetAsync("/asks");

        Assert.StartsWith("UseSubjectAssignments() runs before the endpoint is known", Assert.Single(site.Logs).Message, StringComparison.Ordinal);
    }

    private static Task<WebFixture> StickySite(CountingStore store, Action<WebApplication> configure) => WebFixture.StartAsync(
        trial: trial => trial.WithPolicy(AssignmentPolicy.SubjectSticky),
        services: services => services.AddAssignmentStore(store),
        configure: configure);

    private sealed class Asked : ISubjectAssignments
    {
        public CancellationToken Token { get; private set; }

        public ValueTask PrefetchAsync(string? subjectId = null, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
        {
            Token = cancellationToken;
            return ValueTask.CompletedTask;
        }

        public ValueTask<long> ForgetAsync(string subjectId, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default) => default;
    }
}
