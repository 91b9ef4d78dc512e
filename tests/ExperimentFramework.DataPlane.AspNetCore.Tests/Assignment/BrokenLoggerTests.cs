using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

public sealed class BrokenLoggerTests
{
    [Fact]
    public async Task A_logger_that_throws_reaches_no_request_and_costs_no_visitor_its_id()
    {
        await using var site = await WebFixture.StartAsync(
            services: services =>
            {
                services.AddHttpVariantOverrides();
                services.AddSingleton<ILoggerProvider>(new BrokenLogger(DataPlaneLogCategories.Assignment));
            },
            configure: application =>
            {
                application.UseSubjectAssignments();
                application.UseVariantOverrides();
            });

        var (_, setCookie) = await site.GetAsync("http://shop.example/?dataplane-override=forged", ("Cookie", "dataplane-visitor=forged"));
        await site.GetAsync("/", ("User-Agent", "kube-probe/1.29"));

        Assert.NotNull(setCookie);
        Assert.NotNull(site.Exposures[0].SubjectId);
    }
}
