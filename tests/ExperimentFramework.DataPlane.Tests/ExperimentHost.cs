using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExperimentFramework.DataPlane.Tests;

/// <summary>Starts what a host would start.</summary>
internal static class ExperimentHost
{
    public static Task StartAsync(DataPlaneFixture fixture) => StartAsync(fixture.Services);

    public static async Task StartAsync(IServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>())
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }
    }
}
