using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Delivery;

public sealed class DataBackplaneHealthCheckTests
{
    [Theory]
    [InlineData(true, false, null, HealthStatus.Healthy)]
    [InlineData(true, true, null, HealthStatus.Degraded)]
    [InlineData(false, false, null, HealthStatus.Unhealthy)]
    [InlineData(false, false, HealthStatus.Degraded, HealthStatus.Degraded)]
    public async Task The_state_of_the_pipeline_is_the_state_of_the_check(bool isHealthy, bool isDegraded, HealthStatus? failureStatus, HealthStatus expected)
    {
        await using var site = await WebFixture.StartAsync(services: services =>
        {
            services.AddSingleton<IDataBackplane>(new Reporting(isHealthy, isDegraded));
            services.AddHealthChecks().AddDataBackplane(failureStatus: failureStatus, tags: ["ready"]);
        });

        var report = await site.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains("ready"));

        var entry = report.Entries["data-backplane"];
        Assert.Equal(expected, entry.Status);
        Assert.Equal(0L, entry.Data["dropped"]);
        Assert.Contains(isHealthy && !isDegraded ? "Healthy destinations: 2" : "out of order", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_answers_with_it()
    {
        await using var site = await WebFixture.StartAsync(
            services: services => services.AddHealthChecks().AddDataBackplane("pipeline"),
            configure: application => application.MapHealthChecks("/health"));

        Assert.Equal("Healthy", await site.Client.GetStringAsync(new Uri("/health", UriKind.Relative)));
    }

    private sealed class Reporting(bool isHealthy, bool isDegraded) : AcceptingBackplane
    {
        public override ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(!isHealthy ? BackplaneHealth.Unhealthy("out of order") : isDegraded ? BackplaneHealth.Degraded("nearly out of order") : BackplaneHealth.Healthy());
    }
}
