using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExperimentFramework.DataPlane.Tests;

/// <summary>Starts what a host would start.</summary>
internal static class ExperimentHost
{
    public static async Task StartAsync(DataPlaneFixture lab)
    {
        foreach (var service in lab.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }
    }
}
