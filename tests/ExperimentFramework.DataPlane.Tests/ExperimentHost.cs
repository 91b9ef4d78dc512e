using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExperimentFramework.DataPlane.Tests;

/// <summary>Starts what a host would start.</summary>
internal static class ExperimentHost
{
    public static async Task StartAsync(DataPlaneFixture fixture)
    {
        foreach (var service in fixture.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }
    }
}
